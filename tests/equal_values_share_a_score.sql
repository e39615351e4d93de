-- Customers with the same recency, frequency or spending have the same score, and a better value never a lower one.
{%- set measures = {'r_score': '-recency_days', 'f_score': 'frequency', 'm_score': 'monetary'} %}

with customers as (

    select * from {{ ref('customer_segments') }}

),

{%- for score, measured in measures.items() %}

{{ score }}_by_value as (

    select
        {{ measured }} as measured,
        min({{ score }}) as lowest,
        max({{ score }}) as highest
    from customers
    group by {{ measured }}

),

{{ score }}_in_order as (

    select
        lowest,
        highest,
        lag(highest) over (order by measured) as highest_below
    from {{ score }}_by_value

),
{%- endfor %}

final as (

    {%- for score in measures %}
    select
        '{{ score }}' as score,
        lowest,
        highest,
        highest_below
    from {{ score }}_in_order
    where
        lowest <> highest
        or highest_below > lowest
    {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select * from final
