{{
    config(
        post_hook=[
            "{{ segmentation.check_customers(this, ref('int_invoice_lines'), ref('int_rejected_invoice_lines')) }}",
            "{{ segmentation.check_attribute_features(this, ref('base_attribute_rows')) if segmentation.attribute_features() }}"
        ]
    )
}}

{%- set attributes = segmentation.attribute_features() %}

with customers as (

    select * from {{ ref('int_customer_features') }}
    where frequency > 0

),
{%- if attributes %}

attributes as (

    select
        {%- for feature, column in attributes.items() %}
        max(case when attribute = {{ segmentation.sql_text(feature[10:]) }} then number_value end) as {{ column }},
        {%- endfor %}
        customer_id
    from {{ ref('int_customer_attributes') }}
    where kind = 'number' and not is_contradictory
    group by customer_id

),
{%- endif %}

-- A choice by hash is the same whatever the order of the customers, and stays the same as they grow in number.
ranked as (

    select
        *,
        row_number() over (order by {{ dbt.hash('customer_id') }}, customer_id) as sample_rank
    from customers

),

final as (

    select
        ranked.customer_id,
        {%- for feature in segmentation.clustering_features() %}
        cast({{ segmentation.clustering_value(feature) }} as double) as {{ feature }},
        {%- endfor %}
        {%- for column in attributes.values() %}
        attributes.{{ column }},
        {%- endfor %}
        ranked.sample_rank,
        ranked.sample_rank <= {{ var('fit_sample_size') }} as is_fit_sample
    from ranked
    {%- if attributes %}
    left join attributes on ranked.customer_id = attributes.customer_id
    {%- endif %}

)

select * from final
