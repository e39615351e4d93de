{#- Whether models are being built, and not only compiled or documented: only then can other models be queried. -#}
{% macro is_running() -%}
    {{ return(execute and flags.WHICH in ['run', 'build']) }}
{%- endmacro %}
