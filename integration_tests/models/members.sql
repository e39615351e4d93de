-- What the shop knows of who has a card: half of them use the app.
with final as (

    select
        customer_id as card_number,
        case when count(*) % 2 = 0 then 'app' else 'till' end as channel
    from (select distinct card_number as customer_id, receipt from {{ ref('sold_items') }}) as receipts
    group by customer_id

)

select * from final
