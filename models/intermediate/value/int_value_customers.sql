with customers as (

    select * from {{ ref('int_customer_features') }}

),

fit_sample as (

    select customer_id from {{ ref('int_clustering_features') }}
    where is_fit_sample

),

customer_days as (

    select * from {{ ref('int_customer_days') }}

),

decisions as (

    select * from {{ ref('int_refit_decision') }}
    where model_kind = 'value'

),

-- Only a fit needs them.
purchases as (

    select
        customer_days.customer_id,
        customer_days.activity_date,
        lag(customer_days.activity_date) over (
            partition by customer_days.customer_id order by customer_days.activity_date asc
        ) as previous_date
    from customer_days
    inner join fit_sample on customer_days.customer_id = fit_sample.customer_id
    inner join decisions on customer_days.activity_date < decisions.fitted_as_of
    where customer_days.sale_lines > 0

),

gaps as (

    select
        customer_id,
        sum(power(cast({{ segmentation.days_between('previous_date', 'activity_date') }} as double), 2))
            as squared_gap_days
    from purchases
    where previous_date is not null
    group by customer_id

),

final as (

    select
        -- ids
        customers.customer_id,

        -- numerics
        customers.purchase_days,
        customers.orders,
        customers.recency_days,
        customers.tenure_days,
        cast(customers.kept_value as double) as kept_value,
        coalesce(gaps.squared_gap_days, 0e0) as squared_gap_days

    from customers
    inner join fit_sample on customers.customer_id = fit_sample.customer_id
    inner join decisions on customers.as_of_date = decisions.fitted_as_of
    left join gaps on customers.customer_id = gaps.customer_id

)

select * from final
