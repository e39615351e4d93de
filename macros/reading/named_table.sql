{#-
    A query of the table of the warehouse that a setting names, as schema.table or as a model to be built first, ref('project', 'model'):
    its name and what SQL calls it; no row where none is named.
-#}
{% macro named_table(name) -%}
{%- set model = modules.re.fullmatch('ref\\((.*)\\)', name) -%}
{#- dbt builds the model first, because it is referred to. -#}
{%- set relation = ref(*modules.re.findall('[^\\s,"\']+', model[1])) if model -%}
{%- set shown_name = relation.schema ~ '.' ~ relation.identifier if model else name -%}
{%- set parts = [] -%}
{%- for part in modules.re.findall('[^."`]+', name) -%}
    {%- do parts.append(adapter.quote(part)) -%}
{%- endfor -%}
{%- set quoted_name = (relation | string) if model else parts | join('.') -%}

    select
        cast({{ segmentation.sql_text(shown_name) }} as {{ dbt.type_string() }}) as source_file,
        cast({{ segmentation.sql_text(quoted_name) }} as {{ dbt.type_string() }}) as quoted_name
    {{ '' if name else 'where false' }}
{%- endmacro %}
