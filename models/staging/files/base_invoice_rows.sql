{{
    config(
        materialized='append',
        drops_former_tables=true,
        pre_hook="{{ segmentation.unpin_rows(this) }}",
        post_hook="{{ segmentation.pin_rows(this) }}"
    )
}}

{%- set groups = segmentation.group_by_layout(
    segmentation.pending_invoice_files(ref('base_invoice_files'), ref('base_file_checks'))
) -%}
{%- set kept_out = 'select customer_hash from ' ~ ref('base_erased_customers') ~ ' order by customer_hash' -%}
{%- set erased_customers = segmentation.first_column('kept_out', kept_out) if segmentation.is_running() else [] -%}
{%- set erased_orders = segmentation.erased_orders(groups, erased_customers) -%}

{{ segmentation.stale_rows(
    'load_key not in (select files.load_key from ' ~ ref('base_invoice_files') ~ ' as files where files.is_loaded)'
) }}
-- Files that share a layout are read together, in the order of their names.
{%- for group in groups %}
{%- if erased_customers %}
select
    {%- for column in segmentation.invoice_line_columns() %}
    case when not is_erased then {{ column }} end as {{ column }},
    {%- endfor %}
    case when is_erased then '{"erased": "true"}' else other_fields end as other_fields,
    load_key,
    source_row,
    case when not is_erased then unread_hash end as unread_hash
from (
{%- endif %}
select
    {%- for column in segmentation.invoice_line_columns() %}
    {{ segmentation.file_column(group[0], column) }} as {{ column }},
    {%- endfor %}
    {{ segmentation.file_other_fields(group[0]) }} as other_fields,
    {{ segmentation.file_load_key(group) }} as load_key,
    {%- if erased_customers %}
    {{ segmentation.is_erased(group, erased_customers, erased_orders) }} as is_erased,
    {%- endif %}
    {{ segmentation.read_row_number() }} as source_row,
    {{ segmentation.file_unread_hash(group[0]) }} as unread_hash
from {{ segmentation.read_files(group) }}
{%- if erased_customers %}
) as read_rows
{%- endif %}
union all
{%- endfor %}
select
    {%- for column in segmentation.invoice_line_columns() %}
    {{ column }},
    {%- endfor %}
    other_fields,
    load_key,
    source_row,
    unread_hash
from {{ ref('base_irregular_rows') }}
