with lines as (

    select * from {{ ref('stg_invoice_lines') }}

),

patterns as (

    select * from {{ ref('non_product_codes') }}

),

product_codes as (

    select distinct product_code
    from lines
    where product_code is not null

),

-- A code that several patterns fit takes the longest, which is the most particular.
fitting as (

    select
        product_codes.product_code,
        patterns.line_type,
        patterns.meaning,
        row_number() over (
            partition by product_codes.product_code
            order by length(patterns.code_pattern) desc, patterns.code_pattern
        ) as preference
    from product_codes
    inner join patterns
        on product_codes.product_code like upper(patterns.code_pattern) escape {{ segmentation.sql_text('\\') }}

),

final as (

    select
        product_code,
        line_type,
        meaning
    from fitting
    where preference = 1

)

select * from final
