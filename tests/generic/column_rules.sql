{#- The rules of a table's columns, all in one test: a test for each of them would take a tenth of a build. -#}
{% test column_rules(model, never_null=[], unique=[], accepted_range={}, accepted_values={}) %}

{{ config(fail_calc='coalesce(sum(row_count), 0)') }}

{%- set rules = [] -%}
{%- for column in never_null -%}
    {%- do rules.append((column ~ ' is never null', column ~ ' is null')) -%}
{%- endfor -%}
{%- for column, bounds in accepted_range.items() -%}
    {%- if bounds.at_least is defined -%}
        {%- do rules.append((column ~ ' is at least ' ~ bounds.at_least, column ~ ' < ' ~ bounds.at_least)) -%}
    {%- endif -%}
    {%- if bounds.at_most is defined -%}
        {%- do rules.append((column ~ ' is at most ' ~ bounds.at_most, column ~ ' > ' ~ bounds.at_most)) -%}
    {%- endif -%}
{%- endfor -%}
{%- for column, values in accepted_values.items() -%}
    {%- set texts = [] -%}
    {%- for value in values -%}
        {%- do texts.append(segmentation.sql_text(value)) -%}
    {%- endfor -%}
    {%- do rules.append((column ~ ' is one of ' ~ values | join(', '), column ~ ' not in (' ~ texts | join(', ') ~ ')')) -%}
{%- endfor %}

with
{%- if rules %}

broken_rows as (

    select
        {%- for _, is_broken in rules %}
        count(case when {{ is_broken }} then 1 end) as rule_{{ loop.index }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

),
{%- endif %}

broken_rules as (

    {%- if rules %}
    select
        concat_ws(
            '; '
            {%- for rule, _ in rules %},
            case when rule_{{ loop.index }} > 0 then {{ segmentation.sql_text(rule) }} end
            {%- endfor %}
        ) as broken_rule,
        {% for _ in rules %}rule_{{ loop.index }}{{ ' + ' if not loop.last }}{% endfor %} as row_count
    from broken_rows
    {{ 'union all' if unique }}
    {%- endif %}
    {%- for key in unique %}
    {%- set columns = [key] if key is string else key %}
    select
        {{ segmentation.sql_text((columns | join(', ')) ~ ' is unique') }} as broken_rule,
        count(*) as row_count
    from (
        select count(*) as rows_of_key
        from {{ model }}
        {%- if columns | length == 1 %}
        where {{ columns[0] }} is not null
        {%- endif %}
        group by {{ columns | join(', ') }}
        having count(*) > 1
    ) as repeated_keys
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    broken_rule,
    row_count
from broken_rules
where row_count > 0

{% endtest %}
