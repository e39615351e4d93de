with precisions as (

    select * from {{ ref('int_name_precision') }}

),

migrations as (

    select * from {{ ref('int_segment_migrations') }}

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

silent as (

    select
        sum(migrations.customers_without_purchase) as customers,
        sum(
            case
                when migrations.from_segment <> migrations.to_segment then migrations.customers_without_purchase
                else 0
            end
        ) as moved_customers,
        -- Nobody comes to a name that says bought recently, or new, by staying away.
        sum(
            case
                when migrations.from_segment <> migrations.to_segment and archetypes.is_entered_by_purchase
                    then migrations.customers_without_purchase
                else 0
            end
        ) as contradicted_customers
    from migrations
    left join archetypes on migrations.to_segment = archetypes.segment

),

moves as (

    select
        sum(customers) as customers,
        sum(customers_moved_back) as customers_moved_back
    from migrations
    where
        from_segment <> to_segment
        and from_segment <> 'New customers'
        and to_segment <> 'Lost customers'

),

final as (

    select
        {{ segmentation.quality_check(
            'name_precision', 'name_precision', subject="'members'", segment='segment', at_least='0.9',
            explanation="'share of the customers of whom all is true that the name says of each'"
        ) }}
    from precisions

    union all

    select
        {{ segmentation.quality_check(
            'moves_without_purchase', segmentation.share_of('moved_customers', 'customers'), subject="'months'",
            explanation="'share of the customers who ordered nothing in a month and are in another segment after it'"
        ) }}
    from silent
    where customers > 0

    union all

    select
        {{ segmentation.quality_check(
            'moves_against_the_name', 'contradicted_customers', subject="'months'", at_most='0',
            explanation="'customers who came without a purchase, from month end to month end, into a segment whose name says new or bought recently'"
        ) }}
    from silent
    where customers > 0

    union all

    select
        {{ segmentation.quality_check(
            'moves_back', segmentation.share_of('customers_moved_back', 'customers'), subject="'months'",
            explanation="'share of the moves from month end to month end that undo the one before'"
        ) }}
    from moves
    where customers > 0

)

select * from final
