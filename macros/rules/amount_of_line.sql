{#-
    The amount that a row of a file gives its line; where the var line_amounts says that it is the total of the order on each of its lines,
    an equal share of it, to the last digit in sum.
-#}
{% macro amount_of_line(lines) -%}
    {%- set order_rows = 'over (partition by ' ~ lines ~ '.load_key, ' ~ lines ~ '.invoice_id' -%}
    {%- if var('line_amounts') == 'order' -%}
    {%- set share -%}
    cast(round({{ lines }}.amount_given / count({{ lines }}.amount_given) {{ order_rows }}), 4) as {{ segmentation.type_money() }})
    {%- endset -%}
    case row_number() {{ order_rows }} order by {{ lines }}.source_row)
            when 1 then cast(
                {{ lines }}.amount_given - (count({{ lines }}.amount_given) {{ order_rows }}) - 1) * {{ share }} as {{ segmentation.type_money() }}
            )
            else {{ share }}
        end
    {%- else -%}
    {{ lines }}.amount_given
    {%- endif -%}
{%- endmacro %}
