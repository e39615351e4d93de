{#- A number from text as people write it, with a decimal mark and another that groups thousands; or null. -#}
{% macro parse_written_number(text, decimal_mark, group_mark, type) -%}
    {%- set digits = segmentation.digits_pattern(decimal_mark, group_mark) -%}
    {%- set plain_digits -%}
    replace({{ segmentation.replace_pattern(segmentation.extract_pattern(text, digits), '[^0-9' ~ decimal_mark ~ ']', '') }}, '{{ decimal_mark }}', '.')
    {%- endset -%}
    case
        when {{ segmentation.matches_pattern(text, segmentation.number_pattern(decimal_mark, group_mark)) }} and not {{ segmentation.matches_pattern(text, '[-−(].*[-−(]') }}
            then {{ segmentation.safe_cast(
                'case when ' ~ segmentation.matches_pattern(text, '[-−(]') ~ " then '-' else '' end || " ~ plain_digits, type
            ) }}
    end
{%- endmacro %}
