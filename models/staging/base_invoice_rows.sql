{%- set files = segmentation.readable_invoice_files(ref('base_invoice_files')) -%}

{%- if files %}
{{ segmentation.read_invoice_files(files) }}
{%- else %}
-- Compiled without a build: no file is known yet.
select
    {%- for column in segmentation.invoice_line_columns() %}
    cast(null as {{ dbt.type_string() }}) as {{ column }},
    {%- endfor %}
    cast(null as {{ dbt.type_string() }}) as source_file
where false
{%- endif %}
