{{ config(materialized='view') }}

{%- set settings = ['attribute_relation', 'product_category_relation'] %}

with {% for setting in settings -%}
{{ setting }} as (

    {{ segmentation.named_table(var(setting) | string) }}

),

{% endfor -%}
final as (

    {%- for setting in settings %}

    select
        '{{ setting }}' as setting,
        source_file,
        quoted_name
    from {{ setting }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
