-- Who is at risk of leaving? Customers of the two highest scores of spending who have not bought for at least three
-- times their own mean time between purchases, those with the most revenue first.
with customers as (

    select * from {{ ref('customer_segments') }}

),

lines as (

    select * from {{ ref('invoice_lines') }}
    where line_type = 'sale'

),

purchase_days as (

    select
        customers.customer_id,
        count(distinct cast(lines.invoiced_at as date)) as purchase_days
    from customers
    inner join lines on customers.customer_id = lines.customer_id
    where cast(lines.invoiced_at as date) < customers.as_of_date
    group by customers.customer_id

),

-- Two purchases make one interval, which is no rhythm yet.
rhythms as (

    select
        customers.customer_id,
        purchase_days.purchase_days,
        round(
            cast(customers.tenure_days - customers.recency_days as decimal(18, 4)) / (purchase_days.purchase_days - 1),
            1
        ) as days_between_purchases
    from customers
    inner join purchase_days on customers.customer_id = purchase_days.customer_id
    where purchase_days.purchase_days >= 3

),

final as (

    select
        customers.customer_id,
        customers.country,
        customers.segment,
        customers.rfm_segment,
        customers.net_monetary,
        customers.avg_order_value,
        rhythms.purchase_days,
        cast(rhythms.days_between_purchases as decimal(9, 1)) as days_between_purchases,
        customers.recency_days,
        cast(round(customers.recency_days / rhythms.days_between_purchases, 1) as decimal(9, 1)) as times_their_rhythm,
        customers.recommended_action
    from customers
    inner join rhythms on customers.customer_id = rhythms.customer_id
    where
        customers.m_score >= 4
        and customers.net_monetary > 0
        and customers.recency_days >= 3 * rhythms.days_between_purchases

)

select * from final
order by net_monetary desc, customer_id asc
