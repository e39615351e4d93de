{#- What the seal of a list is of, of a row of base_campaign_lists. -#}
{% macro sealed_text() -%}
    campaign || '|' || customer_id || '|' || campaign_group || '|' || cast(starts_on as {{ dbt.type_string() }}) || '|'
    || cast(ends_on as {{ dbt.type_string() }}) || '|' || coalesce(written_share, '')
{%- endmacro %}
