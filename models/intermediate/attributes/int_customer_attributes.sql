{{ config(materialized='view') }}

{%- set latest = 'coalesce(file_date, \'\')' %}

with attribute_rows as (

    select attribute_rows.*
    from {{ ref('base_attribute_rows') }} as attribute_rows
    inner join {{ ref('int_customer_features') }} as customers on attribute_rows.customer_id = customers.customer_id
    where customers.frequency > 0

),

-- A customer may have several rows, in a file or in several of the same date.
values_of_date as (

    select
        customer_id,
        attribute,
        kind,
        file_date,
        min(source_file) as source_file,
        min(text_value) as text_value,
        min(number_value) as number_value,
        coalesce(
            min(text_value) <> max(text_value) or min(number_value) <> max(number_value), false
        ) as is_contradictory
    from attribute_rows
    where not is_alone
    group by
        customer_id,
        attribute,
        kind,
        file_date

),

newest as (

    select
        {%- for column in ['source_file', 'text_value', 'number_value', 'is_contradictory'] %}
        {{ segmentation.latest_value(column, latest) }} as {{ column }},
        {%- endfor %}
        customer_id,
        attribute,
        kind
    from values_of_date
    group by
        customer_id,
        attribute,
        kind

),

-- Nearly all have one row, and are not gathered.
final as (

    select
        customer_id,
        attribute,
        kind,
        source_file,
        text_value,
        number_value,
        is_contradictory
    from newest

    union all

    select
        customer_id,
        attribute,
        kind,
        source_file,
        text_value,
        number_value,
        false as is_contradictory
    from attribute_rows
    where is_alone

)

select * from final
