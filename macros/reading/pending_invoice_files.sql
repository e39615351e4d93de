{#-
    The files whose rows are not in the warehouse yet, those that the checks found intact where checks are given;
    stops the build where one can't be used.
-#}
{% macro pending_invoice_files(invoice_files, checks=none) -%}
    {%- if not segmentation.is_running() -%}
        {{ return([]) }}
    {%- endif -%}
    {{- segmentation.check_tables(invoice_files, 'The invoice files') -}}
    {%- set names = [
        'source_file', 'path', 'format', 'compression', 'delimiter', 'header_row', 'headers', 'types', 'positions',
        'order_fields', 'is_readable', 'load_key'
    ] -%}
    {%- set query -%}
        select {{ names | join(', ') }}
        from {{ invoice_files }}
        {%- if checks %}
        where load_key in (select load_key from {{ checks }} where is_intact)
        {%- else %}
        where {{ segmentation.is_pending() }}
        {%- endif %}
        order by source_file
    {%- endset -%}
    {#- The text as it is: a table of dbt would take text that looks like a number or a date for one. -#}
    {% call statement('pending_files', fetch_result=true) %}{{ query }}{% endcall %}
    {%- set files = [] -%}
    {%- for row in load_result('pending_files')['data'] -%}
        {%- do files.append(dict(zip(names, row))) -%}
    {%- endfor -%}
    {{ return(files) }}
{%- endmacro %}
