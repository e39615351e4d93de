{#-
    Whether models are being built, and not only compiled, documented or tried on the rows of a unit test, which have no
    table (`this`): only then can other models be queried.
-#}
{% macro is_running() -%}
    {{ return(execute and this is not none and flags.WHICH in ['run', 'build']) }}
{%- endmacro %}
