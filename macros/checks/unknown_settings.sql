{#-
    The names that were given and that no setting has, each with the nearest one that there is. Under `vars: segmentation:` of a
    project that installs this one every name is meant for a setting. On its command line, names of other packages and of its own are
    right as well: only those are taken for slips that are two letters or less from a setting and that its dbt_project.yml does not hold.
-#}
{% macro unknown_settings(names) -%}
    {%- set project_vars = segmentation.vars_of_project() -%}
    {%- set is_root = project_name == 'segmentation' -%}
    {%- set given = (invocation_args_dict.get('vars') or {}).keys() | list -%}
    {%- set meant = [] -%}
    {%- for name in given + (project_vars.get('segmentation') or {}).keys() | list if name not in names and name not in meant -%}
        {%- do meant.append(name) -%}
    {%- endfor -%}
    {%- set unknown = [] -%}
    {%- for name in meant -%}
        {%- set queries = [] -%}
        {%- for known in names -%}
            {%- do queries.append(
                'select ' ~ segmentation.sql_text(known) ~ ' as name, levenshtein('
                ~ segmentation.sql_text(known) ~ ', ' ~ segmentation.sql_text(name) ~ ') as distance'
            ) -%}
        {%- endfor -%}
        {%- set nearest = run_query(queries | join(' union all ') ~ ' order by distance, name limit 1').rows[0] -%}
        {%- if is_root or name in (project_vars.get('segmentation') or {})
            or (name not in project_vars and nearest['distance'] | int <= 2) -%}
            {%- do unknown.append({'given': name, 'nearest': nearest['name']}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(unknown) }}
{%- endmacro %}
