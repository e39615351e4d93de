-- What the till has sold: an invented year of 300 customers, who come the more often the lower their number.
with customers as (

    select cast(number as integer) as customer from range(300) as numbers (number)

),

visits as (

    select cast(number as integer) as visit from range(40) as numbers (number)

),

receipts as (

    select
        customers.customer,
        visits.visit,
        1000 * customers.customer + visits.visit as receipt,
        -- Every third customer stays away for the second half of the year.
        (customers.customer * 7 + visits.visit * (3 + customers.customer // 10)) % case
            when customers.customer % 3 = 0 then 180 else 360
        end as day
    from customers
    cross join visits
    where visits.visit <= 600 // (customers.customer + 15)

),

items as (

    select
        receipts.*,
        numbers.item
    from receipts
    cross join range(3) as numbers (item)
    where numbers.item <= receipts.receipt % 3

),

final as (

    select
        receipt,
        'A' || (receipt * 31 + item * 7) % 50 as article,
        'Article ' || (receipt * 31 + item * 7) % 50 as article_name,
        -- What comes back has a negative number of pieces.
        case when receipt % 17 = 0 then -1 else 1 + receipt % 4 end as pieces,
        cast(1.5 + (receipt * 31 + item * 7) % 50 * 0.75 + customer % 5 as decimal(9, 2)) as net_price,
        timestamp '2024-01-01 10:00:00' + to_days(day) as sold_at,
        -- One receipt in fifty is of somebody without a card.
        case when receipt % 50 <> 7 then 'card ' || customer end as card_number,
        case when customer % 4 = 0 then 'Austria' else 'Germany' end as store_country
    from items
    {%- if var('sold_before', '') %}
    where day < {{ var('sold_before') }}
    {%- endif %}

)

select * from final
