{#- A path in which the characters of a glob stand for themselves. -#}
{% macro exact_path(path) -%}
    {{ return(path.replace('[', '[[]').replace('*', '[*]').replace('?', '[?]')) }}
{%- endmacro %}
