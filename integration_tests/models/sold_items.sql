-- What the till has sold: an invented year of 300 customers, some of whom stopped coming.
with customers as (

    select
        number as customer,
        {{ shop.drawn('number', 50) }} * 300 as first_day,
        case when number % 3 = 0 then 200 else 366 end as last_day,
        1 + 30 * power({{ shop.drawn('number', 60) }}, 3) as visits
    from range(300) as numbers (number)

),

receipts as (

    select
        customers.customer,
        100 * customers.customer + numbers.visit as receipt,
        cast(floor(
            customers.first_day + {{ shop.drawn('customers.customer', 'numbers.visit') }} * greatest(customers.last_day - customers.first_day, 1)
        ) as integer) as day
    from customers
    inner join range(31) as numbers (visit) on customers.visits > numbers.visit

),

items as (

    select
        receipts.*,
        numbers.item,
        -- No article twice on a receipt: equal lines of one would be copies.
        (cast(floor(50 * {{ shop.drawn('receipts.receipt', 0) }}) as integer) + 17 * numbers.item) % 50 as article
    from receipts
    inner join range(3) as numbers (item) on receipts.receipt % 3 >= numbers.item

),

final as (

    select
        receipt,
        'A' || article as article,
        'Article ' || article as article_name,
        -- What comes back has a negative number of pieces.
        case when receipt % 17 = 0 then -1 else 1 + receipt % 4 end as pieces,
        cast(1.5 + article * 0.75 + customer % 5 as decimal(9, 2)) as net_price,
        timestamp '2024-01-01 10:00:00' + to_days(day) as sold_at,
        -- One receipt in fifty is of somebody without a card.
        case when receipt % 50 <> 7 then 'card ' || customer end as card_number,
        case when customer % 4 = 0 then 'Austria' else 'Germany' end as store_country
    from items
    where day < {{ var('sold_before') }}

)

select * from final
