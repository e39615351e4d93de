-- Every line has an id of its own and exactly one fate; what counts is complete. Looks at the lines of new files.
{%- set conditions = {
    'line_id is null': 'line_id is null',
    'neither a type nor a reason, or both': '(line_type is null) = (reason is null)',
    'an unknown type': "line_type not in ('sale', 'return', 'charge', 'adjustment', 'write_off', 'free')",
    'an unknown reason': "reason not in ('erased', 'unreadable', 'order_mark', 'never_paid', 'superseded', 'repeated_header', 'total_row', 'order_row', 'bad_return_flag', 'bad_discount', 'other_currency', 'missing_invoice', 'bad_date',"
        ~ " 'bad_quantity', 'bad_price', 'bad_amount', 'duplicate')",
    'an accepted line without an invoice, a quantity, a price, an amount or a time':
        'line_type is not null and (invoice_id is null or quantity is null or quantity = 0 or unit_price is null or amount is null '
        ~ 'or invoiced_at is null or is_derived is null)',
    'a line without its file': 'source_file is null or source_row is null'
} %}

with lines as (

    select * from {{ ref('int_invoice_lines') }}
    where {{ segmentation.audit_filter('typed_key') }}

),

counted as (

    select
        {%- for condition in conditions.values() %}
        sum(case when {{ condition }} then 1 else 0 end) as problem_{{ loop.index }},
        {%- endfor %}
        count(*) as line_count
    from lines

),

-- The typed lines once more, for their ids alone: one import for both would be kept in memory.
line_ids as (

    select line_id
    from {{ ref('int_classified_lines') }}
    where {{ segmentation.audit_filter('typed_key') }}

),

-- A bit for each of 32 rows: as many bits as lines, or an id is twice. A group for each id would be as much as
-- there are lines.
id_blocks as (

    select
        count(*) as line_count,
        bit_count(bit_or(cast(power(2, (line_id % 128 - line_id % 4) / 4) as bigint))) as id_count
    from line_ids
    group by
        line_id - line_id % 128,
        line_id % 4

)

{%- for problem in conditions %}

select
    '{{ problem }}' as problem,
    problem_{{ loop.index }} as line_count
from counted
where problem_{{ loop.index }} > 0

union all
{%- endfor %}

select
    'a line_id that is twice' as problem,
    sum(line_count - id_count) as line_count
from id_blocks
having sum(line_count - id_count) > 0
