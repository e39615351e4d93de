{#-
    What a customer is worth by purchases: less what was cancelled, which no shop counts as sold, and with monetary_basis net less what came
    back. Sums of purchased, returned and cancelled money.
-#}
{% macro kept_value(purchased, returned, cancelled) -%}
    {{ purchased }} - {{ returned if var('monetary_basis') == 'net' else cancelled }}
{%- endmacro %}
