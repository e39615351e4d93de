{#- A sum of a customer's money; the query fails with a message where it is too large to be money. -#}
{% macro customer_money(amount, customer_id) -%}
    {%- set message = "'The money of customer ' || " ~ customer_id ~ " || ' adds up to more than 99,999,999,999,999. Look in the files for"
        ~ " quantities, prices or amounts that are none, and for a column that column_map should name; amounts that are right can be had in"
        ~ " thousands with exchange_rates.'"
    -%}
    case
        when abs({{ amount }}) >= 99999999999999 then cast({{ segmentation.raise_error(message) }} as {{ segmentation.type_money() }})
        else cast({{ amount }} as {{ segmentation.type_money() }})
    end
{%- endmacro %}
