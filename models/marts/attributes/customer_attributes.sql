with customer_attributes as (

    select * from {{ ref('int_customer_attributes') }}
    where not is_contradictory

),

final as (

    select
        -- ids
        customer_id,

        -- text
        attribute,
        kind,
        text_value,
        source_file,

        -- numerics
        number_value

    from customer_attributes

)

select * from final
