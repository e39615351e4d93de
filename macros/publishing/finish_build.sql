{#-
    At the end of a build: publish the marts where every node and test has passed, and say in a few lines what was built. An
    error that keeps them from being published is left to the database to raise: dbt reports it and fails, as it does of
    any hook.
-#}
{% macro finish_build(results) -%}
    {%- if not (execute and flags.WHICH == 'build') -%}
        {{ return('') }}
    {%- endif -%}
    {%- set gaps = segmentation.gaps_of_build(results) -%}
    {%- if not gaps -%}
        {%- do segmentation.record_audit(
            segmentation.node_relation('int_file_comparisons'),
            segmentation.node_relation('int_customer_days'),
            segmentation.node_relation('int_history_months')
        ) -%}
    {%- endif -%}
    {%- set has_marts = not segmentation.unbuilt_nodes(results, ['model', 'seed'])
        and segmentation.is_enabled('customer_segments') and segmentation.is_enabled('load_audit') -%}
    {%- set warnings = segmentation.warnings_of_build(results) if has_marts else [] -%}
    {%- set outcome = segmentation.publish([] if gaps else segmentation.mart_nodes(), warnings) -%}
    {%- set summary = segmentation.summary_of_build(outcome, warnings) if has_marts else [] -%}
    {%- if gaps -%}
        {%- do summary.append(['published', 'nothing: ' ~ gaps | join(', ')]) -%}
        {%- do summary.append(['', 'version ' ~ outcome['current'] ~ ' is untouched' if outcome['current'] else 'nothing before, either']) -%}
    {%- elif outcome['manifest'] -%}
        {%- set manifest = outcome['manifest'] -%}
        {%- do summary.append(['published', outcome['folder'] ~ '/segments.duckdb and ' ~ segmentation.count_of(
            manifest['row_counts'] | length, 'Parquet file'
        ) ~ ', version ' ~ manifest['version']]) -%}
        {%- for mart, reason in manifest['left_out'].items() -%}
            {%- do summary.append(['', 'without ' ~ mart ~ ': ' ~ reason]) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do summary.append(['published', 'nothing: ' ~ (outcome['reason'] or 'it failed, see below')]) -%}
    {%- endif -%}
    {%- for name, line in summary -%}
        {%- do log('%-11s %s' | format(name, line) | trim(chars=' \n') if name else ' ' * 12 ~ line, info=true) -%}
    {%- endfor -%}
    {%- if outcome['problem'] -%}
        select {{ segmentation.raise_error(segmentation.sql_text(outcome['problem'])) }}
    {%- endif -%}
{%- endmacro %}
