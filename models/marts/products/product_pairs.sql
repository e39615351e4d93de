{#- What fewer have bought together is no rule. -#}
{%- set least_together = 5 -%}
{%- set sides = {'customer': 'customers', 'order': 'orders'} -%}

with pairs as (

    select * from {{ ref('int_product_pairs') }}

),

counts as (

    select * from {{ ref('int_product_pair_counts') }}

),

products as (

    select * from {{ ref('int_products') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

supported as (

    select * from counts
    where customers >= {{ least_together }}

),

final as (

    select
        -- ids
        supported.product_code,
        supported.other_product_code,

        -- text
        products.description,
        other_products.description as other_description,

        -- numerics
        cast(pairs.pair_rank as integer) as pair_rank,
        pairs.similarity,
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
        pairs.known_until as as_of_date

    from supported
    cross join as_of
    inner join pairs
        on
            as_of.as_of_date = pairs.known_until
            and supported.product_code = pairs.product_code
            and supported.other_product_code = pairs.other_product_code
    left join products on supported.product_code = products.product_code
    left join products as other_products on supported.other_product_code = other_products.product_code

)

select * from final
