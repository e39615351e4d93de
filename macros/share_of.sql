{#- part / whole as a decimal with six digits; null where the whole is 0. -#}
{% macro share_of(part, whole) -%}
    {{ segmentation.safe_cast('round(' ~ part ~ ' / nullif(' ~ whole ~ ', 0), 6)', 'decimal(9, 6)') }}
{%- endmacro %}
