{#-
    The money of a quantity at a price; null where it is too large to be money. A product of two decimals of 18 digits
    needs 38, in which a database is slow: nearly all lines are small enough for 9 and 18.
-#}
{% macro line_amount(quantity, unit_price) -%}
    case
        when {{ quantity }} between -999999 and 999999 and {{ unit_price }} between -99999 and 99999
            then cast(cast({{ quantity }} as decimal(9, 3)) * cast({{ unit_price }} as decimal(9, 4)) as {{ segmentation.type_money() }})
        else {{ segmentation.safe_cast(
            'cast(' ~ quantity ~ ' as decimal(19, 3)) * cast(' ~ unit_price ~ ' as decimal(19, 4))', segmentation.type_money()
        ) }}
    end
{%- endmacro %}
