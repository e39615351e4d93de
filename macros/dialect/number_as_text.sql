{#-
    A number as people write it: with commas between thousands, a whole number from 10 on and one decimal below where
    it is not whole. The value is a decimal; its digits are written, never an exponent.
-#}
{% macro number_as_text(value) -%}
    {{ return(adapter.dispatch('number_as_text', 'segmentation')(value)) }}
{%- endmacro %}

{% macro default__number_as_text(value) -%}
    case
        when abs({{ value }}) < 9.95 and round({{ value }}, 1) <> round({{ value }}, 0)
            then cast(cast(round({{ value }}, 1) as decimal(2, 1)) as varchar)
        else format('{:,}', cast(round({{ value }}, 0) as hugeint))
    end
{%- endmacro %}

{% macro spark__number_as_text(value) -%}
    case
        when abs({{ value }}) < 9.95 and round({{ value }}, 1) <> round({{ value }}, 0)
            then format_number(round({{ value }}, 1), 1)
        else format_number(round({{ value }}, 0), 0)
    end
{%- endmacro %}
