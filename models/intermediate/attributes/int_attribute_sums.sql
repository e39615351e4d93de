{%- set quartiles = {'lower_quartile': 0.25, 'median_number': 0.5, 'upper_quartile': 0.75} -%}
{%- set number_columns = ['total', 'total_of_squares', 'rank_sum', 'tie_sum'] + quartiles | list -%}
{#- Values of fewer customers would tell who they are, and nothing of a segment. -#}
{%- set least_customers, most_values = 10, 20 %}

with customer_attributes as (

    select
        attributes.*,
        customers.segment
    from {{ ref('int_customer_attributes') }} as attributes
    inner join {{ ref('int_segment_assignments') }} as customers on attributes.customer_id = customers.customer_id
    where not attributes.is_contradictory

),

texts as (

    select
        segment,
        attribute,
        kind,
        text_value,
        count(*) as customers
    from customer_attributes
    where kind in ('category', 'yes_no')
    group by segment, attribute, kind, text_value

),

values_by_size as (

    select
        attribute,
        text_value,
        sum(customers) as customers,
        row_number() over (partition by attribute order by sum(customers) desc, text_value asc) as place
    from texts
    group by attribute, text_value

),

named_texts as (

    select
        texts.segment,
        texts.attribute,
        texts.kind,
        case
            when values_by_size.customers >= {{ least_customers }} and values_by_size.place <= {{ most_values }}
                then texts.text_value
            else 'other'
        end as attribute_value,
        texts.text_value,
        texts.customers
    from texts
    inner join values_by_size
        on
            texts.attribute = values_by_size.attribute
            and texts.text_value = values_by_size.text_value

),

shares as (

    {%- for segment in ['segment', 'cast(null as ' ~ dbt.type_string() ~ ')'] %}

    select
        {{ segment }} as segment,
        attribute,
        kind,
        attribute_value,
        sum(customers) as customers,
        count(distinct text_value) as different_values
    from named_texts
    group by {{ 'segment, ' if loop.first }}attribute, kind, attribute_value
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

numbers as (

    select
        segment,
        attribute,
        number_value,
        count(*) as customers
    from customer_attributes
    where kind = 'number'
    group by segment, attribute, number_value

),

-- Of each different number how many customers have it, and how many a smaller one.
different_numbers as (

    select
        attribute,
        number_value,
        cast(sum(customers) as double) as tied,
        cast(
            sum(sum(customers)) over (
                partition by attribute
                order by number_value asc
                rows between unbounded preceding and current row
            ) - sum(customers) as double
        ) as below
    from numbers
    group by attribute, number_value

),

ranked as (

    select
        numbers.segment,
        numbers.attribute,
        numbers.number_value,
        numbers.customers,
        different_numbers.tied,
        numbers.customers * (different_numbers.below + (different_numbers.tied + 1) / 2) as rank_sum
    from numbers
    inner join different_numbers
        on
            numbers.attribute = different_numbers.attribute
            and numbers.number_value = different_numbers.number_value

),

sums as (

    {%- for segment in ['segment', 'cast(null as ' ~ dbt.type_string() ~ ')'] %}

    select
        {{ segment }} as segment,
        attribute,
        sum(customers) as customers,
        sum(customers * number_value) as total,
        sum(customers * number_value * number_value) as total_of_squares,
        sum(rank_sum) as rank_sum,
        -- The same for each of the tied ones: together t^3 - t.
        sum(customers * (tied * tied - 1)) as tie_sum
    from ranked
    group by {{ 'segment, ' if loop.first }}attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

quartiles as (

    {%- for segment in ['segment', 'cast(null as ' ~ dbt.type_string() ~ ')'] %}

    select
        {%- for name, share in quartiles.items() %}
        {{ segmentation.quantile_value('number_value', share) }} as {{ name }},
        {%- endfor %}
        {{ segment }} as segment,
        attribute
    from customer_attributes
    where kind = 'number'
    group by {{ 'segment, ' if loop.first }}attribute
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

final as (

    select
        {%- for name in number_columns %}
        cast(null as double) as {{ name }},
        {%- endfor %}
        segment,
        attribute,
        kind,
        attribute_value,
        cast(customers as bigint) as customers,
        cast(different_values as bigint) as different_values
    from shares

    union all

    select
        {%- for name in number_columns %}
        {{ 'quartiles' if name in quartiles else 'sums' }}.{{ name }},
        {%- endfor %}
        sums.segment,
        sums.attribute,
        'number' as kind,
        cast(null as {{ dbt.type_string() }}) as attribute_value,
        cast(sums.customers as bigint) as customers,
        cast(null as bigint) as different_values
    from sums
    inner join quartiles
        on
            sums.attribute = quartiles.attribute
            and coalesce(sums.segment, '') = coalesce(quartiles.segment, '')

)

select * from final
