-- The ledger has one row a customer and day. Looks at customers whose lines changed.
select
    customer_id,
    activity_date
from {{ ref('int_customer_days') }}
where {{ segmentation.audit_filter('ledger_key', 'customers') }}
group by customer_id, activity_date
having count(*) > 1
