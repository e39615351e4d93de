{#- A value of any row of a relation that holds the same one in all; '' if there is none, or nothing runs. -#}
{% macro first_value_of(relation, column) -%}
    {%- if not segmentation.is_running() -%}
        {{ return('') }}
    {%- endif -%}
    {%- set rows = run_query('select ' ~ column ~ ' from ' ~ relation ~ ' limit 1').rows -%}
    {{ return(rows[0][0] if rows else '') }}
{%- endmacro %}
