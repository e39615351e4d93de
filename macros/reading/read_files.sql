{#- A table function call, or a table, that reads files of one layout. -#}
{% macro read_files(files, passes_over_errors=false) -%}
    {{ return(adapter.dispatch('read_files', 'segmentation')(files, passes_over_errors)) }}
{%- endmacro %}

{% macro default__read_files(files, passes_over_errors) -%}
    {%- set first = files[0] -%}
    {%- set paths = [] -%}
    {%- for file in files -%}
        {%- do paths.append(segmentation.sql_text(segmentation.exact_path(file['path']))) -%}
    {%- endfor -%}
    {%- if first['format'] == 'relation' -%}
    {{ first['path'] }}
    {%- elif first['format'] == 'parquet' -%}
    {#- A folder named quantity=5 says nothing of the quantities in its files. -#}
    read_parquet([{{ paths | join(', ') }}], hive_partitioning = false)
    {%- else -%}
    read_csv(
        [{{ paths | join(', ') }}],
        columns = {
            {%- for header in fromjson(first['headers']) -%}
            'c{{ loop.index0 }}': 'varchar'{{ ', ' if not loop.last }}
            {%- endfor -%}
        },
        auto_detect = false,
        header = {{ 'true' if first['header_row'] == 0 else 'false' }},
        delim = {{ segmentation.sql_text(first['delimiter']) }},
        quote = '"',
        escape = '"',
        hive_partitioning = false,
        compression = {{ segmentation.sql_text(first['compression']) }},
        ignore_errors = {{ passes_over_errors | lower }},
        max_line_size = 16777216,
        {#-
            Pieces that make whole row groups: from smaller ones DuckDB leaves so many small groups that the next checkpoint writes the
            table a second time. It takes no more of it than a file has.
        #}
        buffer_size = 134217728
    )
    {%- endif -%}
{%- endmacro %}

{#- Text files are read by Python (base_irregular_rows). The rows of others get numbers, as they have no place that stays. -#}
{% macro spark__read_files(files, passes_over_errors) -%}
    {#- In a path the characters of a glob would stand for others. -#}
    {%- set exact_path = modules.re.sub('([\\\\{}\\[\\]*?])', '\\\\\\1', files[0]['path']) -%}
    {%- set source = files[0]['path'] if files[0]['format'] == 'relation' else 'parquet.`' ~ exact_path.replace('`', '``') ~ '`' -%}
    (
        with placed as (

            select
                *,
                spark_partition_id() as _part,
                monotonically_increasing_id() as _place
            from {{ source }}

        ),

        parts as (

            select
                _part as part,
                min(_place) as first_place,
                sum(count(*)) over (order by _part) - count(*) as rows_before
            from placed
            group by _part

        )

        select
            placed.*,
            placed._place - parts.first_place + parts.rows_before + {{ files[0]['header_row'] | int + 2 }} as _number
        from placed
        inner join parts on placed._part = parts.part
    ) as numbered_rows
{%- endmacro %}
