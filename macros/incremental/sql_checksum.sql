{#- A checksum of SQL, the same in whatever database its tables stand. -#}
{% macro sql_checksum(query) -%}
    {{ return(local_md5(query | replace('"' ~ target.database ~ '".', ''))) }}
{%- endmacro %}
