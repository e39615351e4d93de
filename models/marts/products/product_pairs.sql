{#- What fewer have bought together is no rule. -#}
{%- set least_together = 5 -%}
{%- set sides = {'customer': 'customers', 'order': 'orders'} -%}

with pairs as (

    select * from {{ ref('int_product_pairs') }}

),

products as (

    select * from {{ ref('int_products') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

supported as (

    select pairs.*
    from pairs
    inner join as_of on pairs.known_until = as_of.as_of_date
    where pairs.customers >= {{ least_together }}

),

final as (

    select
        -- ids
        supported.product_code,
        supported.other_product_code,

        -- text
        products.description,
        others.description as other_description,

        -- numerics
        cast(supported.pair_rank as integer) as pair_rank,
        supported.similarity,
        {%- for side, counted in sides.items() %}
        supported.{{ counted }},
        {{ segmentation.share_of('supported.' ~ counted, 'supported.all_' ~ counted) }} as {{ side }}_support,
        {{ segmentation.share_of('supported.' ~ counted, 'supported.product_' ~ counted) }} as {{ side }}_confidence,
        cast(
            cast(supported.{{ counted }} as double) * supported.all_{{ counted }}
            / supported.product_{{ counted }} / supported.other_{{ counted }} as decimal(18, 6)
        ) as {{ side }}_lift,
        {%- endfor %}

        -- dates
        supported.known_until as as_of_date

    from supported
    left join products on supported.product_code = products.product_code
    left join products as others on supported.other_product_code = others.product_code

)

select * from final
