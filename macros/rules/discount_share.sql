{#-
    The share that a discount takes off, from text such as 10 %, or from a number where the var discount_unit says what it is; null where it
    is an amount of money.
-#}
{% macro discount_share(text, decimal_mark) -%}
    {%- set number = segmentation.percent(text, decimal_mark) -%}
    {%- set unit = var('discount_unit') -%}
    cast(
            case
                when right({{ text }}, 1) = '%' then abs({{ number }}) / 100
                {%- if unit in ['percent', 'share'] %}
                else abs({{ number }}){{ ' / 100' if unit == 'percent' }}
                {%- endif %}
            end
            as decimal(11, 6)
        )
{%- endmacro %}
