{#- A share as a whole percentage: 72 %; under 1 % and over 99 % where rounding would say none or all. -#}
{% macro share_as_text(share) -%}
    case
        when {{ share }} > 0 and {{ share }} < 0.005 then 'under 1 %'
        when {{ share }} >= 0.995 and {{ share }} < 1 then 'over 99 %'
        else {{ segmentation.number_as_text('round(100 * ' ~ share ~ ', 0)') }} || ' %'
    end
{%- endmacro %}
