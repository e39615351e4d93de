{%- set measures = {
    'recency': 'the time since the last purchase', 'frequency': 'the number of orders', 'monetary': 'the amount spent',
    'return_rate': 'the share sent back'} -%}
{%- set medians = ['recency_days', 'frequency', 'monetary', 'return_rate'] -%}

with customers as (

    select * from {{ ref('customer_segments') }}

),

fitted as (

    select * from {{ ref('int_segmentation_model') }}
    where fit_number in (select in_force.fit_number from {{ ref('int_fit_in_force') }} as in_force)

),

archetypes as (

    select * from {{ ref('segment_archetypes') }}

),

-- A fitted segment that nobody is in today keeps its row, and so does the overlay.
shown_segments as (

    select distinct
        segment,
        'cluster' as kind
    from fitted

    union all

    select
        segment,
        kind
    from archetypes
    where kind = 'overlay'

),

members as (

    select
        segment,
        recency_days,
        frequency,
        monetary,
        return_rate
    from customers

    union all

    select
        archetypes.segment,
        customers.recency_days,
        customers.frequency,
        customers.monetary,
        customers.return_rate
    from customers
    inner join archetypes on customers.is_high_return and archetypes.kind = 'overlay'

),

totals as (

    select
        {%- for column in medians %}
        {{ segmentation.median_value(column) }} as median_{{ column }},
        {%- endfor %}
        count(*) as customers,
        sum(monetary) as revenue
    from customers

),

profiles as (

    select
        segment,
        {%- for column in medians %}
        {{ segmentation.median_value(column) }} as median_{{ column }},
        {%- endfor %}
        count(*) as customers,
        sum(monetary) as revenue
    from members
    group by segment

),

segment_values as (

    select * from {{ ref('int_segment_values') }}

),

campaigns as (

    select * from {{ ref('int_segment_campaigns') }}

),

-- What distinguishes it beyond chance: attributes of its customers, and categories that they buy from more often.
attributes as (

    {{ segmentation.first_two_in_words(ref('int_segment_attributes'), 'explanation', 'attribute_rank', '; ') }}

),

likes as (

    {{ segmentation.first_two_in_words(ref('segment_categories'), segmentation.liked_category(), 'preference_rank',
        ', ', 'is_significant and times_as_frequent >= 1.2') }}

),

shares as (

    select
        profiles.segment,
        {{ segmentation.share_of('profiles.customers', 'totals.customers') }} as customer_share,
        {{ segmentation.share_of('profiles.revenue', 'totals.revenue') }} as revenue_share
    from profiles
    cross join totals

),

positions as (

    {{ segmentation.median_positions('customers', 'members', 'segment', measures | list) }}

),

distances as (

    select
        positions.group_name as segment,
        positions.measure,
        -- Twice the distance from 0.5, in exact decimals: no rounding decides a tie.
        abs(positions.share_below + positions.share_at_most - 1) as distance,
        case positions.measure
            {%- for measure in measures %}
            when '{{ measure }}' then {{ loop.index }}
            {%- endfor %}
        end as measure_order
    from positions
    inner join shown_segments on positions.group_name = shown_segments.segment
    where positions.measure <> 'return_rate' or shown_segments.kind = 'overlay'

),

ranked as (

    select
        segment,
        measure,
        distance,
        row_number() over (partition by segment order by distance desc, measure_order asc) as distance_rank
    from distances

),

-- What sets a segment apart: the measure whose median is farthest from the middle of all customers.
marks as (

    select
        segment,
        case measure
            {%- for measure, words in measures.items() %}
            when '{{ measure }}' then '{{ words }}'
            {%- endfor %}
        end as mark
    from ranked
    where distance_rank = 1 and distance > 0

),

-- Every number as it is written in the explanation, as a decimal.
figures as (

    select
        shown_segments.segment,
        shown_segments.kind,
        profiles.customers,
        totals.revenue as total_revenue,
        shares.customer_share,
        shares.revenue_share,
        cast(profiles.median_recency_days as decimal(10, 1)) as recency_days,
        cast(totals.median_recency_days as decimal(10, 1)) as all_recency_days,
        cast(profiles.median_frequency as decimal(10, 1)) as frequency,
        cast(totals.median_frequency as decimal(10, 1)) as all_frequency,
        cast(profiles.median_monetary as {{ segmentation.type_money_total() }}) as monetary,
        cast(totals.median_monetary as {{ segmentation.type_money_total() }}) as all_monetary,
        cast(profiles.median_return_rate as decimal(9, 6)) as return_rate,
        cast(totals.median_return_rate as decimal(9, 6)) as all_return_rate
    from shown_segments
    inner join profiles on shown_segments.segment = profiles.segment
    inner join shares on shown_segments.segment = shares.segment
    cross join totals

),

sentences as (

    select
        segment,
        {{ segmentation.figures_in_words() | indent(8) }} as figures_in_words
    from figures

),

final as (

    select
        -- text
        shown_segments.segment,
        shown_segments.kind,
        archetypes.claim,
        archetypes.explanation
        || coalesce(sentences.figures_in_words, ' Nobody is in it today.')
        || coalesce(' What sets it apart most is ' || marks.mark || '.', '')
        || coalesce(' Who its customers are: ' || attributes.words || '.', '')
        || coalesce(' What they buy more often than others: ' || likes.words || '.', '') as explanation,
        archetypes.recommended_action,
        archetypes.goal,

        -- numerics
        coalesce(profiles.customers, 0) as customers,
        cast(coalesce(shares.customer_share, 0) as decimal(9, 6)) as customer_share,
        cast(coalesce(profiles.revenue, 0) as {{ segmentation.type_money_total() }}) as revenue,
        cast(coalesce(shares.revenue_share, 0) as decimal(9, 6)) as revenue_share,
        cast(profiles.median_recency_days as decimal(10, 1)) as median_recency_days,
        cast(profiles.median_frequency as decimal(10, 1)) as median_frequency,
        cast(profiles.median_monetary as {{ segmentation.type_money_total() }}) as median_monetary,
        cast(profiles.median_return_rate as decimal(9, 6)) as median_return_rate,
        cast(coalesce(segment_values.expected_revenue, 0) as {{ segmentation.type_money_total() }}) as expected_revenue,
        cast(coalesce(segment_values.expected_revenue_share, 0) as decimal(9, 6)) as expected_revenue_share,
        segment_values.median_probability_alive,
        archetypes.holdout_share,
        segment_values.name_precision,
        coalesce(campaigns.campaigns_measured, 0) as campaigns_measured,
        coalesce(campaigns.campaigns_that_worked, 0) as campaigns_that_worked,
        campaigns.campaign_incremental_revenue

    from shown_segments
    left join profiles on shown_segments.segment = profiles.segment
    left join shares on shown_segments.segment = shares.segment
    left join sentences on shown_segments.segment = sentences.segment
    left join marks on shown_segments.segment = marks.segment
    left join archetypes on shown_segments.segment = archetypes.segment
    left join segment_values on shown_segments.segment = segment_values.segment
    left join campaigns on shown_segments.segment = campaigns.segment
    left join attributes on shown_segments.segment = attributes.segment
    left join likes on shown_segments.segment = likes.segment

)

select * from final
