{#- The text of a column of a table or a Parquet file, of any name and type. A number has no exponent: it may be the id of a customer. -#}
{% macro stored_text(name) -%}
    {{ return(adapter.dispatch('stored_text', 'segmentation')(name)) }}
{%- endmacro %}

{% macro default__stored_text(name) -%}
    cast({{ adapter.quote(name.replace('"', '""')) }} as {{ dbt.type_string() }})
{%- endmacro %}

{#- By way of text: Spark checks the types of both cases, and a time can't be cast to a number. -#}
{% macro spark__stored_text(name) -%}
    {%- set column = adapter.quote(name.replace('`', '``')) -%}
    {%- set text = 'cast(' ~ column ~ ' as string)' -%}
    case
        when typeof({{ column }}) in ('double', 'float')
            then {{ segmentation.replace_pattern('cast(try_cast(' ~ text ~ ' as decimal(38, 12)) as string)', '([.][0-9]+?)0*$', '\\1') }}
        else {{ text }}
    end
{%- endmacro %}
