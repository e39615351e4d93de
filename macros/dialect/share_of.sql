{#- part / whole as a decimal with six digits; null where the whole is 0. -#}
{% macro share_of(part, whole) -%}
    {{ segmentation.safe_cast(segmentation.rounded_quotient(part, whole, 6), 'decimal(9, 6)') }}
{%- endmacro %}
