{#- Run segmentation_dbt.end_of_build. Where it fails, the hook's SQL does: dbt reports it and ends with 1, as with any hook. -#}
{% macro run_end_of_build(build) -%}
    {{ return(adapter.dispatch('run_end_of_build', 'segmentation')(build)) }}
{%- endmacro %}

{#-
    On DuckDB a plugin of the profile is what leads to Python. store_relation returns nothing, and an error that is raised in it would
    end dbt as if it had been interrupted: so the plugin keeps what went wrong, and a function of SQL asks for it.
-#}
{% macro default__run_end_of_build(build) -%}
    {%- set plugins = {} -%}
    {%- for plugin in target.plugins or [] -%}
        {%- do plugins.update({plugin.module: plugin.alias or plugin.module.split('.')[-1]}) -%}
    {%- endfor -%}
    {%- set plugin = plugins.get('segmentation_dbt.publishing') or plugins.get('segmentation_dbt.warehouse') -%}
    {%- if not plugin -%}
        {%- do log('published   nothing: the plugin segmentation_dbt.publishing is not in the profile', info=true) -%}
        {{ return('') }}
    {%- endif -%}
    {%- do build.update({'is_published': 'segmentation_dbt.publishing' in plugins}) -%}
    {%- do adapter.store_relation(plugin, none, [], build['published'], 'duckdb', build) -%}
    select {{ segmentation.raise_error('failed.problem') }}
    from (select {{ adapter.quote(plugin ~ '_problem') }}() as problem) as failed
    where failed.problem is not null
{%- endmacro %}

{#- In the session of dbt-sparksession. -#}
{% macro sparksession__run_end_of_build(build) -%}
    {%- do adapter.call_python('segmentation_dbt.end_of_build:finish', build) -%}
{%- endmacro %}

{#- Adapters that run Python on a cluster only. -#}
{% macro spark__run_end_of_build(build) -%}
    {%- do log('published   nothing: readers query the tables of Spark themselves', info=true) -%}
{%- endmacro %}
