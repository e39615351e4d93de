{#- Drop what is stored under the name of a model as a table if it is a view now, and the other way round. Returns what stays. -#}
{% macro drop_if_other(stored, type) -%}
    {%- if stored is none or stored.type == type -%}
        {{ return(stored) }}
    {%- endif -%}
    {#- In the transaction of the model. -#}
    {%- do adapter.ensure_transaction() -%}
    {%- do adapter.drop_relation(stored) -%}
    {{ return(none) }}
{%- endmacro %}
