{#- A text, or null where it only says that there is none, as query tools and spreadsheets write it. -#}
{% macro written_null(text) -%}
    {%- set found = {'text': text} -%}
    {%- for word in ['NULL', 'null', '(null)', '\\N', 'NaN', '#N/A'] -%}
        {%- do found.update({'text': 'nullif(' ~ found['text'] ~ ', ' ~ segmentation.sql_text(word) ~ ')'}) -%}
    {%- endfor -%}
    {{ found['text'] }}
{%- endmacro %}
