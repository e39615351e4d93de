{%- set latest = 'coalesce(file_date, \'\')' %}

with attribute_rows as (

    select * from {{ ref('base_attribute_rows') }}
    where customer_id is not null

),

customers as (

    select
        customer_id,
        segment
    from {{ ref('int_segment_assignments') }}

),

-- A customer may have several rows, in a file or in several of the same date.
values_of_date as (

    select
        attribute_rows.customer_id,
        customers.segment,
        attribute_rows.attribute,
        attribute_rows.kind,
        attribute_rows.file_date,
        min(attribute_rows.source_file) as source_file,
        min(attribute_rows.text_value) as text_value,
        min(attribute_rows.number_value) as number_value,
        count(*) > 1
        and (
            min(attribute_rows.text_value) <> max(attribute_rows.text_value)
            or min(attribute_rows.number_value) <> max(attribute_rows.number_value)
        ) as is_contradictory
    from attribute_rows
    inner join customers on attribute_rows.customer_id = customers.customer_id
    group by
        attribute_rows.customer_id,
        customers.segment,
        attribute_rows.attribute,
        attribute_rows.kind,
        attribute_rows.file_date

),

final as (

    select
        -- ids
        customer_id,

        -- text
        segment,
        attribute,
        kind,
        {{ segmentation.latest_value('source_file', latest) }} as source_file,
        {{ segmentation.latest_value('text_value', latest) }} as text_value,

        -- numerics
        {{ segmentation.latest_value('number_value', latest) }} as number_value,

        -- booleans
        coalesce({{ segmentation.latest_value('is_contradictory', latest) }}, false) as is_contradictory

    from values_of_date
    group by
        customer_id,
        segment,
        attribute,
        kind

)

select * from final
