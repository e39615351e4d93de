{{
    config(
        post_hook="{{ segmentation.check_customers(this, ref('int_invoice_lines'), ref('int_rejected_invoice_lines')) }}"
    )
}}

with customers as (

    select * from {{ ref('int_customer_features') }}
    where frequency > 0

),

-- A choice by hash is the same whatever the order of the customers, and stays the same as they grow in number.
ranked as (

    select
        *,
        row_number() over (order by {{ dbt.hash('customer_id') }}, customer_id) as sample_rank
    from customers

),

final as (

    select
        customer_id,
        {%- for feature in segmentation.clustering_features() %}
        cast({{ segmentation.clustering_value(feature) }} as double) as {{ feature }},
        {%- endfor %}
        sample_rank,
        sample_rank <= {{ var('fit_sample_size') }} as is_fit_sample
    from ranked

)

select * from final
