{#- Stop the build with a message for the analyst. -#}
{% macro stop_build(lines) -%}
    {{ exceptions.raise_compiler_error('\n\n' ~ lines | join('\n') ~ '\n') }}
{%- endmacro %}
