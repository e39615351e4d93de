{#-
    The currency of a line as a code in upper case, or null: what is on the line, else on its order, else beside
    its price. What is no number, such as #REF!, names none.
-#}
{% macro line_currency(of_line, of_order, price_text) -%}
    {%- set written -%}
    coalesce({{ of_line }}, {{ of_order }}, case
        when
            {{ segmentation.matches_pattern(price_text, segmentation.number_pattern('.', ',')) }}
            or {{ segmentation.matches_pattern(price_text, segmentation.number_pattern(',', '.')) }}
            then nullif({{ segmentation.extract_pattern(price_text, segmentation.currency_pattern()[:-1]) }}, '')
    end)
    {%- endset -%}
    case {{ written }}
        {%- for sign, code in {'€': 'EUR', '£': 'GBP', '$': 'USD', 'US$': 'USD', '¥': 'JPY', '₹': 'INR', 'zł': 'PLN', 'Kč': 'CZK'}.items() %}
        when '{{ sign }}' then '{{ code }}'
        {%- endfor %}
        else upper({{ written }})
    end
{%- endmacro %}
