{{ config(materialized='view') }}

with customers as (

    select * from {{ ref('int_customer_features') }}

),

return_rate_prior as (

    select * from {{ ref('int_return_rate_prior') }}

),

-- The prior is worth kappa more orders, with the rate of all customers.
weighted as (

    select
        customers.customer_id,
        customers.orders,
        customers.returned_value,
        customers.cancelled_value,
        customers.kept_return_rate,
        return_rate_prior.kappa + customers.orders as weight,
        return_rate_prior.kappa * return_rate_prior.mu + customers.orders * customers.kept_return_rate as weighted_rates
    from customers
    cross join return_rate_prior

),

shrunk as (

    select
        *,
        {{ segmentation.share_of('weighted_rates', 'weight') }} as shrunk_return_rate
    from weighted

),

final as (

    select
        customer_id,
        kept_return_rate,
        shrunk_return_rate,
        (
            returned_value > cancelled_value
            and orders >= 2
            and shrunk_return_rate >= cast({{ var('high_return_rate') }} as decimal(9, 6))
        ) as is_high_return
    from shrunk

)

select * from final
