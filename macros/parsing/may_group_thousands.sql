{#- Whether the only mark of one of some numbers may stand between thousands or before decimals: 15.000 with a point. -#}
{% macro may_group_thousands(texts, mark) -%}
    (
        {%- for text in texts %}
        ({{ text }} like '%{{ mark }}___' and {{ segmentation.matches_pattern(text, '^-?[1-9][0-9]{0,2}[' ~ mark ~ '][0-9]{3}$') }}){{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
