-- noqa: disable=LT02
-- SQL in a block of Jinja is indented as it is written, not as it comes out.
{{ config(materialized='append') }}

{%- set files_to_compare = segmentation.files_to_compare(ref('int_file_invoice_days')) -%}
{%- set continues = segmentation.compares_new_files_only(files_to_compare, ref('stg_file_totals')) -%}
{%- set range = segmentation.time_range(files_to_compare, 'first_date', 'last_date') if continues -%}
{#- A line of theirs is of a file that is new or gone; all, where all lines are compared again. -#}
{%- set stale = [] if continues else ['true'] -%}
{%- for key in ['typed_key', 'sale_typed_key'] if continues -%}
    {%- do stale.append(key ~ ' not in (select files.typed_key from ' ~ ref('stg_file_totals') ~ ' as files)') -%}
    {%- do stale.append(key ~ ' in (select files.typed_key from ' ~ files_to_compare ~ ' as files)') -%}
{%- endfor %}

{{ segmentation.stale_rows(stale | join(' or ')) }}
-- The view of all lines is read twice, each time for what is needed of it: one import for both would be kept in memory.
with returns as (

    select
        line_id,
        typed_key,
        customer_id,
        product_code,
        quantity,
        amount,
        invoiced_at,
        invoice_date
    from {{ ref('int_classified_lines') }}
    where
        line_type = 'return'
        and customer_id is not null
        and product_code is not null
        and not is_derived
        {%- if range %}
        and invoiced_at >= {{ range[0] }}
        and invoiced_at < {{ segmentation.dateadd('day', 3, range[1]) }}
        {%- elif continues %}
        and false
        {%- endif %}

),

sales as (

    select
        typed_key,
        customer_id,
        product_code,
        quantity,
        invoiced_at,
        invoice_date
    from {{ ref('int_classified_lines') }}
    where
        line_type = 'sale'
        {%- if range %}
        and invoiced_at >= {{ segmentation.dateadd('day', -2, range[0]) }}
        and invoiced_at < {{ segmentation.dateadd('day', 1, range[1]) }}
        {%- elif continues %}
        and false
        {%- endif %}

),

{%- if continues %}
files_to_compare as (

    select * from {{ files_to_compare }} as pending_files

),
{%- endif %}

-- A sale of the 24 hours before is on the day of the return or on the day before.
sought_sales as (

    select
        *,
        invoice_date as sale_date
    from returns

    union all

    select
        *,
        cast({{ segmentation.dateadd('day', -1, 'invoice_date') }} as date) as sale_date
    from returns

),

final as (

    select distinct
        sought_sales.line_id,
        sought_sales.typed_key,
        sales.typed_key as sale_typed_key,
        sought_sales.customer_id,
        sought_sales.amount,
        sought_sales.invoice_date
    from sought_sales
    inner join sales on {{ segmentation.is_cancelled_by('sales', 'sought_sales') | indent(8) }}
    {%- if continues %}
    where
        sought_sales.typed_key in (select files_to_compare.typed_key from files_to_compare)
        or sales.typed_key in (select files_to_compare.typed_key from files_to_compare)
    {%- endif %}

)

select * from final
