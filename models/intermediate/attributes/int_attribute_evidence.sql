{%- set names = var('attributes') -%}
{%- set no_number = 'cast(null as bigint)' %}

with attribute_rows as (

    select * from {{ ref('base_attribute_rows') }}
    where problem is null

),

customers as (

    select customer_id from {{ ref('int_segment_assignments') }}

),

customer_attributes as (

    select * from {{ ref('int_customer_attributes') }}

),

sums as (

    select * from {{ ref('int_attribute_sums') }}

),

product_categories as (

    select * from {{ ref('base_product_categories') }}
    where problem is null

),

sold_products as (

    select * from {{ ref('int_products') }}
    where customers > 0

),

tables_of_categories as (

    select
        source_file,
        count(distinct product_code) as products,
        count(distinct category) as categories,
        count(distinct case when category is not null then product_code end) as categorised
    from product_categories
    group by source_file

),

known_products as (

    select distinct product_code from {{ ref('int_product_categories') }}

),

sold_by_category as (

    select
        sold_products.purchased,
        known_products.product_code is not null as has_category
    from sold_products
    left join known_products on sold_products.product_code = known_products.product_code

),

categorised as (

    select
        sum(case when has_category then 1 else 0 end) as with_category,
        sum(case when has_category then 0 else 1 end) as without_category,
        {{ segmentation.share_of('sum(case when has_category then 0 else purchased end)', 'sum(purchased)') }}
            as share_without
    from sold_by_category

),

files as (

    select
        source_file,
        explanation
    from attribute_rows
    where attribute is null

),

columns as (

    select
        source_file,
        attribute,
        kind,
        is_read,
        row_count,
        explanation
    from attribute_rows
    where attribute is not null and customer_id is null

),

-- Of whom a table says something, and who of them bought something.
people as (

    select
        source_file,
        customer_id
    from attribute_rows
    where customer_id is not null
    group by source_file, customer_id

),

known_people as (

    select
        people.source_file,
        count(customers.customer_id) as known,
        count(*) - count(customers.customer_id) as strangers
    from people
    left join customers on people.customer_id = customers.customer_id
    group by people.source_file

),

all_customers as (

    select count(*) as customers from customers

),

with_attributes as (

    select count(distinct customer_id) as customers from customer_attributes

),

grouped as (

    select
        attribute,
        max(different_values) as different_values,
        count(case when attribute_value = 'other' then 1 end) as named_other,
        count(*) as named_values
    from sums
    where segment is null and kind <> 'number'
    group by attribute

),

contradictions as (

    select
        attribute,
        sum(case when is_contradictory then 1 else 0 end) as contradictory,
        count(*) as customers
    from customer_attributes
    group by attribute
    having max(is_contradictory)

),

final as (

    select
        files.source_file,
        'attribute_files' as assumption,
        'customers' as assumed,
        coalesce(known_people.known, 0) as lines_for,
        coalesce(known_people.strangers, 0) as lines_against,
        'file' as decided_by,
        files.explanation || '; something is known of ' || coalesce(known_people.known, 0)
        || ' customers with a purchase, and '
        || coalesce(known_people.strangers, 0) || ' of them bought nothing' as explanation
    from files
    left join known_people on files.source_file = known_people.source_file

    union all

    select
        cast(null as {{ dbt.type_string() }}) as source_file,
        'attribute_files' as assumption,
        'customers' as assumed,
        with_attributes.customers as lines_for,
        all_customers.customers - with_attributes.customers as lines_against,
        'file' as decided_by,
        'of ' || (all_customers.customers - with_attributes.customers) || ' of ' || all_customers.customers
        || ' customers with a purchase no attribute is known' as explanation
    from all_customers
    cross join with_attributes
    where exists (select 1 from files)

    union all

    select
        cast(null as {{ dbt.type_string() }}) as source_file,
        'attribute_files' as assumption,
        'unknown' as assumed,
        contradictory as lines_for,
        customers - contradictory as lines_against,
        case when contradictory > 0.05 * customers then 'warning' else 'default' end as decided_by,
        contradictory || ' customers have several rows that say different things of ' || attribute
        || ': it counts as unknown of them. '
        || 'Files whose names have dates, such as customers-2026-01.csv, say which is newer' as explanation
    from contradictions

    union all

    select
        columns.source_file,
        'attributes' as assumption,
        case when columns.is_read then columns.kind else 'left out: ' || columns.kind end as assumed,
        columns.row_count as lines_for,
        {{ no_number }} as lines_against,
        {{ "'setting'" if names else "'file'" }} as decided_by,
        columns.attribute || ': ' || columns.explanation
        || case
            when grouped.named_other > 0 and grouped.named_values = 1
                then '; none is of ten customers or more: they are not compared'
            when grouped.different_values > 1
                then '; ' || grouped.different_values || ' of few customers are compared as other'
            else ''
        end as explanation
    from columns
    left join grouped on columns.attribute = grouped.attribute

    union all

    select
        source_file,
        'product_categories' as assumption,
        'categories' as assumed,
        categorised as lines_for,
        products - categorised as lines_against,
        'file' as decided_by,
        products || ' products, ' || categorised || ' of them in ' || categories || ' categories' as explanation
    from tables_of_categories

    union all

    select
        cast(null as {{ dbt.type_string() }}) as source_file,
        'product_categories' as assumption,
        'categories' as assumed,
        with_category as lines_for,
        without_category as lines_against,
        case when share_without > 0.5 then 'warning' else 'default' end as decided_by,
        'of the products that customers bought ' || without_category || ' have no category and are in none; they are '
        || {{ segmentation.share_as_text('share_without') }} || ' of the revenue' as explanation
    from categorised
    where exists (select 1 from product_categories)

)

select * from final
