{#- A number from text as people write it, with a decimal mark and another that groups thousands; or null. -#}
{% macro parse_written_number(text, decimal_mark, group_mark, type) -%}
    {%- set digits = segmentation.digits_pattern(decimal_mark, group_mark) -%}
    {%- set plain_digits -%}
    replace(regexp_replace(regexp_extract({{ text }}, '{{ digits }}'), '[^0-9{{ decimal_mark }}]', '', 'g'), '{{ decimal_mark }}', '.')
    {%- endset -%}
    case
        when regexp_matches({{ text }}, '{{ segmentation.number_pattern(decimal_mark, group_mark) }}') and not regexp_matches({{ text }}, '[-−(].*[-−(]')
            then {{ segmentation.safe_cast(plain_digits, type) }}
                * case when regexp_matches({{ text }}, '[-−(]') then -1 else 1 end
    end
{%- endmacro %}
