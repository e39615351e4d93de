-- A test of what the shop makes of the segments: they are published whatever it finds.
select count(*) as customers
from {{ ref('customers_to_call') }}
having count(*) > {{ var('calls_a_day') }}
