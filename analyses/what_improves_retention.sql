-- What improves retention? The share of customers who bought again within 90 days of their first purchase, by what that
-- first purchase was like and by the quarter it was made in. Only customers who have been observed for 90 days count,
-- and groups of at least 20.
{%- set traits = {
    'country': 'country_trait',
    'first basket value': 'basket_trait',
    'products in the first basket': 'products_trait',
    'sent some of it back within 14 days': 'return_trait'
} %}

with customers as (

    select * from {{ ref('customer_segments') }}

),

lines as (

    select * from {{ ref('invoice_lines') }}
    where
        customer_id is not null
        and line_type in ('sale', 'return')

),

-- The day that is being looked at is not over: 90 days have passed where the first purchase is 91 days old.
observed as (

    select
        customer_id,
        first_purchase_date,
        cast(extract(year from first_purchase_date) as {{ dbt.type_string() }})
        || '-Q' || cast(extract(quarter from first_purchase_date) as {{ dbt.type_string() }}) as first_quarter
    from customers
    where tenure_days > 90

),

days_of_lines as (

    select
        observed.customer_id,
        lines.line_type,
        lines.product_code,
        lines.description,
        lines.amount,
        lines.country,
        {{ segmentation.days_between('observed.first_purchase_date', 'cast(lines.invoiced_at as date)') }} as day_number
    from observed
    inner join lines on observed.customer_id = lines.customer_id

),

first_baskets as (

    select
        customer_id,
        sum(amount) as basket_value,
        count(distinct coalesce(product_code, description, '')) as products,
        coalesce(min(country), 'not known') as country
    from days_of_lines
    where
        line_type = 'sale'
        and day_number = 0
    group by customer_id

),

second_purchases as (

    select
        customer_id,
        min(case when day_number between 1 and 90 then day_number end) as days_to_second_purchase
    from days_of_lines
    where line_type = 'sale'
    group by customer_id

),

first_products as (

    select distinct
        customer_id,
        product_code
    from days_of_lines
    where
        line_type = 'sale'
        and day_number = 0

),

senders_back as (

    select distinct days_of_lines.customer_id
    from days_of_lines
    inner join first_products
        on
            days_of_lines.customer_id = first_products.customer_id
            and days_of_lines.product_code = first_products.product_code
    where
        days_of_lines.line_type = 'return'
        and days_of_lines.day_number between 0 and 14

),

thirds as (

    select
        {{ segmentation.quantile_value('basket_value', 0.3333) }} as low_basket_value,
        {{ segmentation.quantile_value('basket_value', 0.6667) }} as high_basket_value,
        {{ segmentation.quantile_value('products', 0.3333) }} as low_products,
        {{ segmentation.quantile_value('products', 0.6667) }} as high_products
    from first_baskets

),

country_sizes as (

    select
        country,
        row_number() over (order by count(*) desc, country asc) as country_rank
    from first_baskets
    group by country

),

described as (

    select
        observed.customer_id,
        observed.first_quarter,
        second_purchases.days_to_second_purchase,
        case when country_sizes.country_rank <= 5 then first_baskets.country else 'other countries' end
            as country_trait,
        case
            when first_baskets.basket_value <= thirds.low_basket_value then '1 lowest third'
            when first_baskets.basket_value <= thirds.high_basket_value then '2 middle third'
            else '3 highest third'
        end as basket_trait,
        case
            when first_baskets.products <= thirds.low_products then '1 lowest third'
            when first_baskets.products <= thirds.high_products then '2 middle third'
            else '3 highest third'
        end as products_trait,
        case when senders_back.customer_id is null then 'no' else 'yes' end as return_trait
    from observed
    inner join first_baskets on observed.customer_id = first_baskets.customer_id
    inner join second_purchases on observed.customer_id = second_purchases.customer_id
    left join senders_back on observed.customer_id = senders_back.customer_id
    inner join country_sizes on first_baskets.country = country_sizes.country
    cross join thirds

),

cohorts as (

    select
        *,
        first_quarter as cohort
    from described

    union all

    select
        *,
        'all' as cohort
    from described

),

traits as (

    {%- for trait, column in traits.items() %}
    {{ 'union all' if not loop.first }}
    select
        cohort,
        '{{ trait }}' as trait,
        {{ column }} as trait_value,
        days_to_second_purchase
    from cohorts
    {%- endfor %}

),

grouped as (

    select
        cohort,
        trait,
        trait_value,
        count(*) as customers,
        count(days_to_second_purchase) as came_back,
        {{ segmentation.median_value('days_to_second_purchase') }} as median_days_to_second_purchase,
        sum(count(*)) over (partition by cohort, trait) as cohort_customers,
        sum(count(days_to_second_purchase)) over (partition by cohort, trait) as cohort_came_back
    from traits
    group by cohort, trait, trait_value

),

final as (

    select
        cohort,
        trait,
        trait_value,
        customers,
        came_back,
        {{ segmentation.share_of('came_back', 'customers') }} as came_back_share,
        {{ segmentation.share_of('cohort_came_back', 'cohort_customers') }} as came_back_share_of_cohort,
        cast(median_days_to_second_purchase as decimal(9, 1)) as median_days_to_second_purchase
    from grouped
    where customers >= 20

)

select * from final
order by case when cohort = 'all' then 0 else 1 end, trait, cohort, trait_value
