{#-
    Stop the build if too much was rejected, or if it is not clear what lines stand for: with all questions, examples and the settings
    that answer them.
-#}
{% macro check_lines(evidence, file_invoice_days, lines, invoice_rows, files, document_types) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set message = [] -%}
    {%- do segmentation.ask_about_document_types(message, file_invoice_days, invoice_rows, files, document_types) -%}
    {%- do segmentation.report_rejected_lines(message, file_invoice_days, lines, invoice_rows, files) -%}
    {%- do segmentation.ask_about_lines(message, evidence) -%}
    {%- if message -%}
        {{ segmentation.ask(message) }}
    {%- endif -%}
{%- endmacro %}
