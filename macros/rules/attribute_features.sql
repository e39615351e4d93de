{#-
    The attributes of customers among cluster_features, such as attribute.Age, each with the column that holds it: the name of
    an attribute may be any text, that of a column not.
-#}
{% macro attribute_features() -%}
    {%- set columns = {} -%}
    {%- for feature in var('cluster_features') if (feature | string)[:10] == 'attribute.' -%}
        {%- do columns.update({feature: 'attribute_' ~ local_md5(feature)[:12]}) -%}
    {%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
