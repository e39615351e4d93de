{%- set name = var('invoice_relation') | string -%}
{%- set named_model = modules.re.fullmatch('ref\\((.*)\\)', name) -%}
{%- if named_model -%}
    {#- dbt builds the model first, because it is referred to. -#}
    {%- set relation = ref(*modules.re.findall('[^\\s,"\']+', named_model[1])) -%}
    {%- set source_file, path = relation.schema ~ '.' ~ relation.identifier, relation | string -%}
{%- else -%}
    {%- set source_file, path = name, '"' ~ modules.re.findall('[^."]+', name) | join('"."') ~ '"' -%}
{%- endif -%}

with final as (

    select
        cast({{ segmentation.sql_text(source_file) }} as {{ dbt.type_string() }}) as source_file,
        cast({{ segmentation.sql_text(path) }} as {{ dbt.type_string() }}) as path
    {{ '' if name else 'where false' }}

)

select * from final
