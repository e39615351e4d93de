{%- set all_checks = [
    'candidate_checks', 'neighbor_checks', 'validation_checks', 'drift_checks', 'name_checks', 'value_checks', 'product_checks'
] -%}

with candidate_checks as (

    select * from {{ ref('int_candidate_checks') }}

),

neighbor_checks as (

    select * from {{ ref('int_neighbor_checks') }}

),

validation_checks as (

    select * from {{ ref('int_validation_checks') }}

),

drift_checks as (

    select * from {{ ref('int_drift_checks') }}

),

name_checks as (

    select * from {{ ref('int_name_checks') }}

),

value_checks as (

    select * from {{ ref('int_value_checks') }}

),

product_checks as (

    select * from {{ ref('int_product_checks') }}

),

final as (

    {%- for checks in all_checks %}

    select
        check_name,
        segment,
        subject,
        value,
        standard_error,
        bar,
        verdict,
        explanation
    from {{ checks }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
