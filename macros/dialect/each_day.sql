{#- A row a day from one date to another, both included, in a select list; none where the second is earlier. -#}
{% macro each_day(first_date, last_date) -%}
    {{ return(adapter.dispatch('each_day', 'segmentation')(first_date, last_date)) }}
{%- endmacro %}

{% macro default__each_day(first_date, last_date) -%}
    unnest(generate_series({{ first_date }}, {{ last_date }}, interval 1 day))
{%- endmacro %}

{% macro spark__each_day(first_date, last_date) -%}
    explode(sequence({{ first_date }}, {{ last_date }}, interval 1 day))
{%- endmacro %}
