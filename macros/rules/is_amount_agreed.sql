{#-
    Whether quantity and price give the amount that the file has; null where there is nothing to compare. Amounts are rounded once a
    line or once a unit; a discount may have either sign, or be per cent.
-#}
{% macro is_amount_agreed() -%}
    {%- set product = segmentation.line_amount('quantity', 'signed_price') -%}
    {%- set rounding = '0.006 * greatest(abs(quantity), 1)' -%}
    case
            when has_unit_price and signed_amount is not null and quantity is not null and signed_price is not null
                then
                    abs(signed_amount - {{ product }}) <= {{ rounding }}
                    or abs(abs(signed_amount - {{ product }}) - abs(coalesce(discount_given, 0))) <= {{ rounding }}
                    or abs(signed_amount - {{ product }} * (1 - coalesce(discount_share, discount_given / 100, 0))) <= {{ rounding }}
        end
{%- endmacro %}
