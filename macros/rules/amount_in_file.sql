{#-
    What a line is worth, of signed values: the amount that the file has, which has discounts in it already, else quantity times
    price less the discount.
-#}
{% macro amount_in_file() -%}
    {%- set money = segmentation.type_money() -%}
    {%- set product = segmentation.line_amount('quantity', 'signed_price') -%}
    {%- set percent = segmentation.percent('discount_text', 'decimal_mark') -%}
    case
            {%- if var('line_amounts') == 'product' %}
            when not has_unit_price then signed_amount
            {%- else %}
            when signed_amount is not null or not has_unit_price then signed_amount
            {%- endif %}
            when discount_text is null then {{ product }}
            when right(discount_text, 1) = '%'
                then {{ segmentation.safe_cast('round(' ~ product ~ ' * (1 - abs(' ~ percent ~ ') / 100), 4)', money) }}
            when quantity < 0 then {{ segmentation.safe_cast(product ~ ' + abs(discount_given)', money) }}
            else {{ segmentation.safe_cast(product ~ ' - discount_sign * discount_given', money) }}
        end
{%- endmacro %}
