{{
    config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ segmentation.delete_stale_rows(this, ref('base_invoice_files')) }}"
    )
}}

{%- set files = segmentation.pending_invoice_files(ref('base_invoice_files'), ref('base_file_checks')) -%}

-- Files that share a layout are read together, in the order of their names.
{%- for group in segmentation.group_by_layout(files) %}
select
    {%- for column in segmentation.invoice_line_columns() %}
    {{ segmentation.file_column(group[0], column) }} as {{ column }},
    {%- endfor %}
    {{ segmentation.file_other_fields(group[0]) }} as other_fields,
    {{ segmentation.file_load_key(group) }} as load_key,
    cast(null as bigint) as source_row
from {{ segmentation.read_files(group) }}
union all
{%- endfor %}
select
    {%- for column in segmentation.invoice_line_columns() %}
    {{ column }},
    {%- endfor %}
    other_fields,
    load_key,
    source_row
from {{ ref('base_converted_rows') }}
