{#-
    A text literal that changes when the rows of a seed do, for the keys of rows that are made with it. Of the rows and not of the
    file: a project that installs this one may have a seed or a model of that name instead.
-#}
{% macro seed_checksum(name) -%}
    {%- if not segmentation.is_running() -%}
        {{ return("''") }}
    {%- endif -%}
    {%- set found = {} -%}
    {%- for node in graph.nodes.values()
        if node.name == name and node.resource_type in ['seed', 'model'] and node.package_name in ['segmentation', project_name]
    -%}
        {%- do found.update({node.package_name: node.relation_name}) -%}
    {%- endfor -%}
    {#- The other project's comes first, as it does for ref. -#}
    {% call statement('seed_rows', fetch_result=true) %}
        select * from {{ found.get(project_name) or found['segmentation'] }}
    {% endcall %}
    {{ return(segmentation.sql_text(local_md5(load_result('seed_rows')['data'] | map('string') | sort | join('\n')))) }}
{%- endmacro %}
