{#- A number from text as people write it, with a decimal mark and another that groups thousands; or null. -#}
{% macro parse_written_number(text, decimal_mark, group_mark, type) -%}
    {%- set digits = segmentation.digits_pattern(decimal_mark, group_mark) -%}
    {%- set plain_digits -%}
    replace({{ segmentation.replace_pattern(segmentation.extract_pattern(text, digits), '[^0-9' ~ decimal_mark ~ ']', '') }}, '{{ decimal_mark }}', '.')
    {%- endset -%}
    {#- Before the digits, or behind them where it does not stand for no decimals. -#}
    {%- set minus = '^[^0-9]*[-−(]|[0-9][^.,0-9]*-|[Cc][Rr][.]?$|\\sH$' -%}
    {%- set two_signs = '^[^0-9]*[-−(](?:.*[^.,–—-])?[-−(]|[0-9][^.,]*-.*-' -%}
    case
        when {{ segmentation.matches_pattern(text, segmentation.number_pattern(decimal_mark, group_mark)) }} and not {{ segmentation.matches_pattern(text, two_signs) }}
            then {{ segmentation.safe_cast(
                'case when ' ~ segmentation.matches_pattern(text, minus) ~ " then '-' else '' end || " ~ plain_digits, type
            ) }}
    end
{%- endmacro %}
