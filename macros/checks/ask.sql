{#-
    Stop the build with a question about the files. Where they are only looked at (the var questions is report), it is told and the
    build goes on.
-#}
{% macro ask(lines) -%}
    {%- if var('questions') == 'report' -%}
        {%- do log('question: ' ~ lines | join('\n'), info=true) -%}
    {%- else -%}
        {{ segmentation.stop_build(lines) }}
    {%- endif -%}
{%- endmacro %}
