{#- The columns of a row of segmentation_quality. The verdict is 'info' without a bar that has to be reached. -#}
{% macro quality_check(
    check_name, value, subject, explanation, segment=none, standard_error=none, at_least=none, at_most=none, bar=none, verdict=none
) -%}
    {%- set number = 'double' -%}
    {%- set reached = value ~ ' >= ' ~ at_least if at_least is not none else value ~ ' <= ' ~ at_most -%}
    '{{ check_name }}' as check_name,
    cast({{ segment or 'null' }} as {{ dbt.type_string() }}) as segment,
    cast({{ subject }} as {{ dbt.type_string() }}) as subject,
    cast({{ value }} as {{ number }}) as value,
    cast({{ standard_error or 'null' }} as {{ number }}) as standard_error,
    cast({{ bar or (at_least if at_least is not none else (at_most if at_most is not none else 'null')) }} as {{ number }}) as bar,
    {%- if verdict %}
    {{ verdict }} as verdict,
    {%- elif at_least is none and at_most is none %}
    'info' as verdict,
    {%- else %}
    case when {{ reached }} then 'pass' else 'warn' end as verdict,
    {%- endif %}
    {{ explanation }} as explanation
{%- endmacro %}
