{#- Add a question to a message, with the files in which it is open and three values of each. -#}
{% macro ask_about_files(message, files, invoice_rows, about) -%}
    {%- set open_files = run_query(
        'select source_file, load_key, ' ~ about['contradicts'] ~ ' as contradicts from ' ~ files
        ~ ' where ' ~ about['is_open'] ~ ' order by source_file'
    ).rows -%}
    {%- if open_files -%}
        {%- do message.append(about['question']) -%}
        {%- for file in open_files[:10] -%}
            {% call statement('examples', fetch_result=true) %}
                select {{ about['value'] }} as example
                from {{ invoice_rows }}
                where load_key = {{ file['load_key'] }} and ({{ about['is_example'] }})
                group by {{ about['value'] }}
                order by {{ about['order'] }}
                limit 3
            {% endcall %}
            {%- do message.append(
                '  ' ~ file['source_file'] ~ ': ' ~ load_result('examples')['data'] | map('first') | join(', ')
                ~ (' (some can only be read one way, some only the other)' if file['contradicts'] else '')
            ) -%}
        {%- endfor -%}
        {%- do message.append(about['remedy']) -%}
    {%- endif -%}
{%- endmacro %}
