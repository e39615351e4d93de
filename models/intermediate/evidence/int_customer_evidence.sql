{%- set setting = var('placeholder_customers') -%}
{%- set joins_ids = var('join_customer_ids') -%}

with file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}
    where
        line_type = 'sale'
        and customer_id is not null

),

customers as (

    select
        customer_id,
        {{ segmentation.bare_customer_id('customer_id') }} as bare_id,
        {{ segmentation.matches_pattern('customer_id', '^(0+|-1|9{3,})$') }} as is_like_a_placeholder,
        count(*) as order_count,
        sum(amount) as amount
    from file_invoice_days
    group by customer_id

),

ranked as (

    select
        customer_id,
        order_count,
        amount,
        sum(amount) over () as total_amount,
        count(*) over () as customer_count,
        row_number() over (order by order_count desc, customer_id asc) as place,
        lead(order_count) over (order by order_count desc, customer_id asc) as next_order_count,
        max(case when not is_like_a_placeholder then order_count end) over () as most_orders_of_others,
        is_like_a_placeholder
    from customers

),

-- One id with many times the orders of the next and much of the money may be nobody, such as a till's guest; several
-- that look like it hide each other.
foremost as (

    select
        customer_id as assumed,
        order_count as lines_for,
        case when is_like_a_placeholder then most_orders_of_others else next_order_count end as lines_against,
        customer_count >= 20
        and case
            when is_like_a_placeholder then amount > 0.03 * total_amount and order_count >= 3 * most_orders_of_others
            else place = 1 and amount > 0.1 * total_amount and order_count >= 5 * next_order_count
        end as is_far_above,
        is_like_a_placeholder,
        'customer ' || customer_id || ' has ' || order_count || ' orders and '
        || round(100 * amount / nullif(total_amount, 0), 1) || ' % of the money, the next customer '
        || case when is_like_a_placeholder then most_orders_of_others else next_order_count end
        || ' orders: it may stand for nobody, such as guests' as explanation
    from ranked

),

alike as (

    select
        bare_id,
        count(*) as id_count,
        min(customer_id) as one_id,
        max(customer_id) as other_id
    from customers
    group by bare_id
    having count(*) > 1

),

counted_alike as (

    select
        sum(id_count) as id_count,
        count(*) as customer_count,
        min(one_id || ' and ' || other_id) as example
    from alike

),

final as (

    select
        cast(null as {{ dbt.type_string() }}) as source_file,
        'placeholder_customers' as assumption,
        assumed,
        lines_for,
        lines_against,
        {%- if setting is string %}
        case when is_like_a_placeholder then 'nothing' else 'warning' end as decided_by,
        {%- else %}
        'setting' as decided_by,
        {%- endif %}
        explanation
    from foremost
    where is_far_above

    union all

    select
        cast(null as {{ dbt.type_string() }}) as source_file,
        'join_customer_ids' as assumption,
        '{{ joins_ids | lower }}' as assumed,
        customer_count as lines_for,
        id_count - customer_count as lines_against,
        'warning' as decided_by,
        id_count || ' customer ids are ' || customer_count
        || ' but for leading zeros or case, such as ' || example || ': they count as different customers' as explanation
    from counted_alike
    where id_count > 0

)

select * from final
