{#-
    What a line is worth, of signed values: the amount that the file has, which has discounts in it already, else quantity times
    price less the discount.
-#}
{% macro amount_in_file() -%}
    {%- set money = segmentation.type_money() -%}
    {%- set product = segmentation.line_amount('quantity', 'signed_price') -%}
    case
            {%- if var('line_amounts') == 'product' %}
            when not has_unit_price then signed_amount
            {%- else %}
            when signed_amount is not null or not has_unit_price then signed_amount
            {%- endif %}
            when discount_text is null then {{ product }}
            when discount_share is not null
                then {{ segmentation.safe_cast(
                    'round(cast(' ~ product ~ ' as decimal(19, 4)) * cast(1 - discount_share as decimal(19, 6)), 4)', money
                ) }}
            when quantity < 0 then {{ segmentation.safe_cast(product ~ ' + abs(discount_given)', money) }}
            else {{ segmentation.safe_cast(product ~ ' - discount_sign * discount_given', money) }}
        end
{%- endmacro %}
