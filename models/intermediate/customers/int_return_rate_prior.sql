-- Kleinman (1973), Proportions with extraneous variance: single and independent samples, JASA 68:46-54. Sums are of
-- integers and decimals, so that they do not depend on the order in which they are taken.
with customers as (

    select
        orders,
        kept_return_rate,
        least(return_days, orders) as returned_orders
    from {{ ref('int_customer_features') }}
    where orders > 0

),

sums as (

    select
        count(*) as customers,
        cast(sum(orders) as bigint) as orders,
        cast(sum(orders * orders) as bigint) as squared_orders,
        cast(sum(returned_orders) as bigint) as returned_orders,
        sum(cast(returned_orders * returned_orders / nullif(orders, 0) as decimal(28, 10))) as squares_over_orders,
        sum(orders * kept_return_rate) as returned_order_values
    from customers

),

-- The spread of the customers' shares around the pooled share, and what it would be if all had the same chance.
moments as (

    select
        returned_order_values,
        orders,
        customers - 1 as degrees_of_freedom,
        returned_orders / orders as pooled_share,
        cast(squares_over_orders as double)
        - cast(returned_orders as double) * returned_orders / orders as squared_deviations,
        orders - cast(squared_orders as double) / orders as effective_orders
    from sums

),

correlations as (

    select
        returned_order_values,
        orders,
        (squared_deviations / nullif(pooled_share * (1 - pooled_share), 0) - degrees_of_freedom)
        / nullif(effective_orders - degrees_of_freedom, 0) as intraclass_correlation
    from moments

),

final as (

    select
        cast(coalesce({{ segmentation.share_of('returned_order_values', 'orders') }}, 0) as decimal(9, 6)) as mu,
        cast(
            case
                when intraclass_correlation > 0 then least(greatest(1 / intraclass_correlation - 1, 1), 10)
                else 10
            end as decimal(9, 6)
        ) as kappa
    from correlations

)

select * from final
