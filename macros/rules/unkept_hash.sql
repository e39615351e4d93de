{#- A hash of what a row has besides the fields of its line: columns that are not read, and texts that are read and not kept. -#}
{% macro unkept_hash() -%}
{%- set texts -%}
coalesce(unread_hash, '') || chr(31) || coalesce(document_type, '') || chr(31) || coalesce(discount_text, '')
{%- endset -%}
case
            when coalesce(document_type, discount_text) is null then unread_hash
            else {{ dbt.hash(texts) }}
        end
{%- endmacro %}
