-- Every customer with a purchase before the as-of date has one row, with all the money: net = gross - returned.
-- Looks at customers whose lines changed.
with ledger as (

    select
        customer_id,
        activity_date,
        sale_lines,
        purchased,
        returned
    from {{ ref('int_customer_days') }}
    where {{ segmentation.audit_filter('ledger_key', 'customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customers as (

    select * from {{ ref('customer_segments') }}
    where customer_id in (select ledger.customer_id from ledger)

),

expected as (

    select
        ledger.customer_id,
        sum(ledger.purchased) as purchased,
        sum(ledger.returned) as returned
    from ledger
    cross join as_of
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
full outer join customers on expected.customer_id = customers.customer_id
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
