{#-
    Stop the build if refit is never and the model that is kept speaks of other features than the settings do, or of the same ones measured
    otherwise.
-#}
{% macro check_stored_model() -%}
    {%- set node = graph.nodes.get('model.segmentation.int_fit_in_force') -%}
    {%- if var('refit') != 'never' or flags.WHICH not in ['build', 'run'] or not node -%}
        {{ return('') }}
    {%- endif -%}
    {%- set fits = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- if fits is none -%}
        {{ return('') }}
    {%- endif -%}
    {% call statement('stored_settings', fetch_result=true, auto_begin=false) %}select settings, fit_number from {{ fits }}{% endcall %}
    {%- for row in load_result('stored_settings')['data'] -%}
        {%- set stored = fromjson(row[0]) -%}
        {%- set changed = [] -%}
        {%- for name in ['cluster_features', 'frequency_unit', 'monetary_basis'] -%}
            {%- set now = var(name) | join(', ') if name == 'cluster_features' else var(name) -%}
            {%- if stored[name] != now -%}
                {%- do changed.append('  ' ~ name ~ ' was ' ~ stored[name] ~ ' and is ' ~ now) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- if changed -%}
            {{ segmentation.stop_build(
                ['refit is never, and fit ' ~ row[1] ~ ' of the model can\'t be used with these settings:'] + changed
                + ['Set them back, or let the model be fitted again with refit: auto.']
            ) }}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
