{#-
    The money of a line; null where it is too large to be money. The product is taken in 38 digits: DuckDB multiplies
    two decimals of 18 digits within 18 and fails beyond.
-#}
{% macro line_amount(quantity, unit_price) -%}
    {{ segmentation.safe_cast(
        'cast(' ~ quantity ~ ' as decimal(19, 3)) * cast(' ~ unit_price ~ ' as decimal(19, 4))', segmentation.type_money()
    ) }}
{%- endmacro %}
