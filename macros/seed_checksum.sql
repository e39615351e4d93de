{#-
    A text literal that changes when the rows of a seed do, for the keys of rows that are made with it. Of the rows and not of the
    file: a project that installs this one may have a seed or a model of that name instead.
-#}
{% macro seed_checksum(seed) -%}
    {%- if not segmentation.is_running() -%}
        {{ return("''") }}
    {%- endif -%}
    {% call statement('seed_rows', fetch_result=true) %}select * from {{ seed }}{% endcall %}
    {{ return(segmentation.sql_text(local_md5(load_result('seed_rows')['data'] | map('string') | sort | join('\n')))) }}
{%- endmacro %}
