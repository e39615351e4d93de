{%- set setting = var('line_amounts') -%}

with file_totals as (

    select * from {{ ref('stg_file_totals') }}

),

-- Several lines of an order.
file_invoice_days as (

    select * from {{ ref('int_file_invoice_days') }}
    where
        line_type = 'sale'
        and line_count > 1

),

-- Shops in which everything costs the same have few different amounts.
orders as (

    select
        typed_key,
        count(*) as order_count,
        sum(case when least_amount = greatest_amount then 1 else 0 end) as equal_count,
        count(distinct case when least_amount = greatest_amount then least_amount end) as amount_count,
        min(case when least_amount = greatest_amount then invoice_id end) as example_invoice_id
    from file_invoice_days
    group by typed_key

),

judged as (

    select
        file_totals.source_file,
        file_totals.agreed_amounts,
        file_totals.disagreed_amounts,
        file_totals.disagreed_row,
        orders.order_count,
        orders.equal_count,
        orders.example_invoice_id,
        coalesce(
            orders.order_count >= 10
            and orders.equal_count >= 0.95 * orders.order_count
            and orders.amount_count >= 0.2 * orders.order_count, false
        ) as may_be_of_order
    from file_totals
    left join orders on file_totals.typed_key = orders.typed_key

),

final as (

    select
        source_file,
        'line_amounts' as assumption,
        '{{ setting or 'file' }}' as assumed,
        case when may_be_of_order then order_count - equal_count else agreed_amounts end as lines_for,
        case when may_be_of_order then equal_count else disagreed_amounts end as lines_against,
        {%- if setting %}
        'setting' as decided_by,
        {%- else %}
        case
            when
                may_be_of_order
                or (
                    disagreed_amounts >= 3
                    and disagreed_amounts > 0.05 * (agreed_amounts + disagreed_amounts)
                ) then 'nothing'
            else 'file'
        end as decided_by,
        {%- endif %}
        case
            when may_be_of_order
                then
                    'all lines have the same amount in ' || equal_count || ' of ' || order_count
                    || ' orders of several lines, such as ' || example_invoice_id
                    || ': it may be the total of the order'
            when disagreed_amounts > 0
                then
                    'quantity and price give another amount than the file has on ' || disagreed_amounts || ' of '
                    || (agreed_amounts + disagreed_amounts) || ' lines, such as row ' || disagreed_row
            else 'quantity and price give the amount of each line'
        end as explanation
    from judged
    where
        agreed_amounts + disagreed_amounts > 0
        or may_be_of_order

)

select * from final
