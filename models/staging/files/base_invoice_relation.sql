{%- set name = var('invoice_relation') | string -%}
{%- set model = modules.re.fullmatch('ref\\((.*)\\)', name) -%}
{#- dbt builds the model first, because it is referred to. -#}
{%- set relation = ref(*modules.re.findall('[^\\s,"\']+', model[1])) if model -%}
{%- set shown_name = relation.schema ~ '.' ~ relation.identifier if model else name -%}
{%- set parts = [] -%}
{%- for part in modules.re.findall('[^."`]+', name) -%}
    {%- do parts.append(adapter.quote(part)) -%}
{%- endfor -%}
{%- set quoted_name = (relation | string) if model else parts | join('.') -%}

with final as (

    select
        cast({{ segmentation.sql_text(shown_name) }} as {{ dbt.type_string() }}) as source_file,
        cast({{ segmentation.sql_text(quoted_name) }} as {{ dbt.type_string() }}) as quoted_name
    {{ '' if name else 'where false' }}

)

select * from final
