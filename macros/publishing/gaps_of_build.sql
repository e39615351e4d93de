{#- Why a build is not complete, in words; an empty list where every node and test of the project has passed. -#}
{% macro gaps_of_build(results) -%}
    {%- set gaps, failed, skipped = [], [], [] -%}
    {%- for result in results
        if result.status not in ['success', 'pass', 'warn', 'no-op'] and segmentation.concerns_marts(result.node)
    -%}
        {%- do (skipped if result.status == 'skipped' else failed).append(result.node.name) -%}
    {%- endfor -%}
    {%- set missing = segmentation.unbuilt_nodes(results, ['model', 'seed', 'snapshot', 'test']) | reject('in', failed + skipped) | list -%}
    {%- if failed -%}
        {%- do gaps.append(
            segmentation.count_of(failed | length, 'node or test', 'nodes and tests') ~ ' failed ('
            ~ failed[:3] | join(', ') ~ (', …' if failed | length > 3 else '') ~ ')'
        ) -%}
    {%- endif -%}
    {%- if skipped -%}
        {%- do gaps.append('{:,} skipped'.format(skipped | length)) -%}
    {%- endif -%}
    {%- if missing -%}
        {%- do gaps.append('{:,} left out, and only a complete dbt build is published'.format(missing | length)) -%}
    {%- endif -%}
    {%- for name in ['customer_segments', 'load_audit'] if not segmentation.is_enabled(name) -%}
        {%- do gaps.append(name ~ ' is disabled') -%}
    {%- endfor -%}
    {%- if flags.EMPTY or flags.SAMPLE -%}
        {%- do gaps.append('only a part of the data was read (--empty, --sample)') -%}
    {%- endif -%}
    {{ return(gaps) }}
{%- endmacro %}
