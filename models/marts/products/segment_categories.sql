{#- Rows a segment, at most twice as many. -#}
{%- set most_categories = 100 -%}

with customer_products as (

    select * from {{ ref('int_customer_products') }}
    where orders > 0

),

assignments as (

    select * from {{ ref('int_segment_assignments') }}

),

categories as (

    select * from {{ ref('int_product_categories') }}

),

members as (

    select
        segment,
        count(*) as segment_customers
    from assignments
    group by segment

),

-- A purchase is a product on an invoice: whoever buys much buys from every category once, but not as often from each.
purchases as (

    select
        assignments.segment,
        customer_products.customer_id,
        categories.category,
        cast(sum(customer_products.orders) as double) as purchases,
        sum(customer_products.purchased) as revenue
    from customer_products
    inner join categories on customer_products.product_code = categories.product_code
    inner join assignments on customer_products.customer_id = assignments.customer_id
    group by
        assignments.segment,
        customer_products.customer_id,
        categories.category

),

baskets as (

    select
        segment,
        customer_id,
        sum(purchases) as basket
    from purchases
    group by segment, customer_id

),

segment_baskets as (

    select
        segment,
        sum(basket) as basket,
        sum(basket * basket) as squared_basket,
        sum(sum(basket)) over () as all_basket,
        sum(sum(basket * basket)) over () as all_squared_basket
    from baskets
    group by segment

),

sums as (

    select
        purchases.segment,
        purchases.category,
        count(*) as customers,
        sum(purchases.purchases) as purchases,
        sum(purchases.revenue) as revenue,
        sum(purchases.purchases * purchases.purchases) as squares,
        sum(purchases.purchases * baskets.basket) as products_of_both
    from purchases
    inner join baskets on purchases.customer_id = baskets.customer_id
    group by purchases.segment, purchases.category

),

shares as (

    select
        sums.*,
        segment_baskets.basket,
        segment_baskets.squared_basket,
        segment_baskets.all_basket,
        segment_baskets.all_squared_basket,
        sum(sums.purchases) over (partition by sums.category) / segment_baskets.all_basket as share_in_all,
        sum(sums.squares) over (partition by sums.category) as all_squares,
        sum(sums.products_of_both) over (partition by sums.category) as all_products_of_both
    from sums
    inner join segment_baskets on sums.segment = segment_baskets.segment

),

-- How far customers are from the share of all, squared, beside what it were if each purchase were another customer's.
likenesses as (

    select
        *,
        share_in_all * (1 - share_in_all) as variance,
        all_squares - 2 * share_in_all * all_products_of_both
        + share_in_all * share_in_all * all_squared_basket as distances
    from shares

),

-- How alike purchases of a customer are (intraclass correlation), and what that makes of a segment's (design effect).
dispersed as (

    select
        *,
        1 + (squared_basket / basket - 1) * case
            when variance > 0 and all_squared_basket > all_basket
                then greatest(0, (distances / variance - all_basket) / (all_squared_basket - all_basket))
            else 0
        end as dispersion
    from likenesses

),

compared as (

    select
        dispersed.*,
        members.segment_customers,
        dispersed.share_in_all * dispersed.basket as expected_count
    from dispersed
    inner join members on dispersed.segment = members.segment

),

{{ segmentation.segment_preferences('category', 'purchases') }},

final as (

    select
        -- text
        segment,
        category,

        -- numerics
        customers,
        cast(purchases as bigint) as purchases,
        cast(revenue as {{ segmentation.type_money_total() }}) as revenue,
        {{ segmentation.share_of('customers', 'segment_customers') }} as customer_share,
        cast(purchases / basket as decimal(9, 6)) as purchase_share,
        cast(share_in_all as decimal(9, 6)) as purchase_share_in_all,
        times_as_frequent,
        cast(preference_rank as integer) as preference_rank,
        cast(customers_rank as integer) as customers_rank,

        -- booleans
        is_significant

    from preferences
    where
        preference_rank <= {{ most_categories }}
        or customers_rank <= {{ most_categories }}

)

select * from final
