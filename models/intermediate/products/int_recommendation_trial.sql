{%- set days = var('validation_days') | int -%}
{%- set bases = ['bought_with', 'best_sellers'] -%}
{%- set at_most = '(select looked_at.known_products from looked_at)' -%}
{%- set measures = ['hit_rate', 'hit_share', 'recall'] -%}

with validation_dates as (

    select * from {{ ref('int_validation_dates') }}
    where date_number = 1

),

purchases as (

    select * from {{ ref('int_sampled_purchases') }}

),

customers as (

    select * from {{ ref('int_clustering_features') }}

),

pairs as (

    select pairs.*
    from {{ ref('int_product_pairs') }} as pairs
    inner join validation_dates on pairs.known_until = validation_dates.cut_date

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

first_purchases as (

    select
        customer_id,
        product_code,
        min(purchase_date) as first_purchase_date
    from purchases
    group by customer_id, product_code

),

-- What customers bought after the cut and never before it.
new_products as (

    select
        first_purchases.customer_id,
        first_purchases.product_code
    from first_purchases
    inner join validation_dates
        on
            first_purchases.first_purchase_date >= validation_dates.cut_date
            and first_purchases.first_purchase_date < validation_dates.outcome_until

),

known_sums as (

    select
        purchases.customer_id,
        purchases.product_code,
        count(*) as orders,
        max(purchases.purchase_date) as last_purchase_date
    from purchases
    inner join validation_dates on purchases.purchase_date < validation_dates.cut_date
    where purchases.customer_id in (select new_products.customer_id from new_products)
    group by purchases.customer_id, purchases.product_code

),

known_products as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by last_purchase_date desc, orders desc, product_code asc
        ) as recency_rank
    from known_sums

),

tried_customers as (

    select
        customer_id,
        count(*) as new_products
    from new_products
    where customer_id in (select known_sums.customer_id from known_sums)
    group by customer_id

),

best_sellers as (

    select
        purchases.product_code,
        row_number() over (
            order by count(distinct purchases.customer_id) desc, purchases.product_code asc
        ) as seller_rank
    from purchases
    inner join validation_dates
        on
            purchases.purchase_date < validation_dates.cut_date
            and purchases.purchase_date >= {{ segmentation.dateadd('day', -days, 'validation_dates.cut_date') }}
    group by purchases.product_code

),

best_unbought as (

    select
        tried_customers.customer_id,
        best_sellers.product_code,
        row_number() over (
            partition by tried_customers.customer_id
            order by best_sellers.seller_rank
        ) as product_rank
    from tried_customers
    inner join best_sellers on best_sellers.seller_rank <= 200
    left join known_products
        on
            tried_customers.customer_id = known_products.customer_id
            and best_sellers.product_code = known_products.product_code
    where known_products.product_code is null

),

looked_at as (

    select {{ segmentation.products_looked_at('count(*)') }} as known_products
    from customers

),

bought_with as (

    {{ segmentation.unbought_products('known_products', 'pairs', at_most) | indent(4) }}

),

given as (

    select
        'bought_with' as basis,
        customer_id,
        product_code,
        product_rank
    from bought_with
    union all
    select
        'best_sellers' as basis,
        customer_id,
        product_code,
        product_rank
    from best_unbought
    where product_rank <= 10

),

-- A row of all customers has no segment.
lists as (

    {%- for list_length, is_of_segment in [(5, 'true'), (5, 'false'), (10, 'true'), (10, 'false')] %}
    select
        {{ list_length }} as list_length,
        {{ is_of_segment }} as is_of_segment
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

hits as (

    select
        given.basis,
        given.customer_id,
        sum(case when given.product_rank <= 5 then 1 else 0 end) as hits_5,
        count(*) as hits_10
    from given
    inner join new_products
        on
            given.customer_id = new_products.customer_id
            and given.product_code = new_products.product_code
    group by given.basis, given.customer_id

),

outcomes as (

    select
        case when lists.is_of_segment then assignments.segment end as segment,
        lists.list_length,
        tried_customers.new_products,
        least(lists.list_length, tried_customers.new_products) as most_hits,
        case when lists.list_length = 5 then bought_with.hits_5 else bought_with.hits_10 end as bought_with_hits,
        case when lists.list_length = 5 then best_sellers.hits_5 else best_sellers.hits_10 end as best_sellers_hits
    from tried_customers
    inner join assignments on tried_customers.customer_id = assignments.customer_id
    cross join lists
    left join hits as bought_with
        on
            tried_customers.customer_id = bought_with.customer_id
            and bought_with.basis = 'bought_with'
    left join hits as best_sellers
        on
            tried_customers.customer_id = best_sellers.customer_id
            and best_sellers.basis = 'best_sellers'

),

-- Rounded before they are averaged: sums of decimals are the same in any order.
shares as (

    select
        segment,
        list_length,
        {%- for basis in bases %}
        cast(case when {{ basis }}_hits > 0 then 1 else 0 end as decimal(9, 6)) as {{ basis }}_hit_rate,
        cast(cast(coalesce({{ basis }}_hits, 0) as double) / most_hits as decimal(9, 6)) as {{ basis }}_hit_share,
        cast(cast(coalesce({{ basis }}_hits, 0) as double) / new_products as decimal(9, 6)) as {{ basis }}_recall,
        {%- endfor %}
        new_products
    from outcomes

),

final as (

    {%- for measure in measures %}
    select
        segment,
        '{{ measure }}' as measure,
        list_length,
        count(*) as customers,
        cast(sum(bought_with_{{ measure }}) as double) / count(*) as bought_with,
        cast(sum(best_sellers_{{ measure }}) as double) / count(*) as best_sellers,
        sqrt(
            cast(sum(
                (bought_with_{{ measure }} - best_sellers_{{ measure }})
                * (bought_with_{{ measure }} - best_sellers_{{ measure }})
            ) as double)
        ) / count(*) as standard_error
    from shares
    group by segment, list_length
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
