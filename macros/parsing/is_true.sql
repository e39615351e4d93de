{#- Whether a text says yes; false where it says no or is null, null where it says neither. -#}
{% macro is_true(text) -%}
    case
        when {{ text }} is null then false
        when {{ segmentation.is_one_of('lower(' ~ text ~ ')', ['yes', 'y', 'true', 't', '1', 'x', 'returned']) }} then true
        when {{ segmentation.is_one_of('lower(' ~ text ~ ')', ['no', 'n', 'false', 'f', '0', '-', 'not', 'not returned']) }} then false
    end
{%- endmacro %}
