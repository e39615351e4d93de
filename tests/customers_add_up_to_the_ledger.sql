-- Every customer with a purchase before the as-of date has one row, with all the money: net = gross - returned.
with expected as (

    select
        ledger.customer_id,
        sum(ledger.purchased) as purchased,
        sum(ledger.returned) as returned
    from {{ ref('int_customer_days') }} as ledger
    cross join {{ ref('int_as_of_date') }} as as_of
    where ledger.activity_date < as_of.as_of_date
    group by ledger.customer_id
    having sum(ledger.sale_lines) > 0

)

select
    expected.customer_id as expected_customer_id,
    customers.customer_id,
    expected.purchased,
    expected.returned,
    customers.returned_value,
    customers.net_monetary
from expected
full outer join {{ ref('customer_segments') }} as customers on expected.customer_id = customers.customer_id
where
    expected.customer_id is null
    or customers.customer_id is null
    or customers.returned_value <> expected.returned
    or customers.net_monetary <> expected.purchased - expected.returned
    {%- if var('monetary_basis') == 'gross' %}
    or customers.monetary <> expected.purchased
    {%- else %}
    or customers.monetary <> expected.purchased - expected.returned
    {%- endif %}
