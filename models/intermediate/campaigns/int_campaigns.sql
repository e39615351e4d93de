{%- set overlap = ["'campaign'", 'other_campaign', "'treated'", 'treated_in_other', "'held'", 'held_in_other'] -%}
{%- set customer_key = 'coalesce(ledger_key, ' ~ segmentation.row_hash(['customer_id']) ~ ')' -%}
{%- set rounded_seal = segmentation.safe_cast("replace(lists.list_seal, ',', '.')", 'double') -%}

-- Lists and customers are read where they are needed: of millions of rows, what is named twice is kept in memory.
-- Of a list, all rows have the same of these.
with lists as (

    select distinct
        source_file,
        campaign,
        model_version,
        list_seal
    from {{ ref('base_campaign_lists') }}
    where problem is null

),

-- A number for the customer, of 63 bits as in the ledger: millions are found faster by it than by their ids.
customers as (

    select
        campaign,
        {{ customer_key }} as customer_key,
        campaign_group,
        starts_on,
        ends_on
    from {{ ref('int_campaign_customers') }}

),

-- Those drawn elsewhere have no seal, and need none.
sealed as (

    select distinct source_file
    from lists
    where list_seal is not null

),

seals as (

    select
        source_file,
        {{ segmentation.list_seal() }} as found_seal
    from {{ ref('base_campaign_lists') }}
    where
        problem is null
        and source_file in (select sealed.source_file from sealed)
    group by source_file

),

-- A spreadsheet that saves a list rounds its seal: to as many digits as are left it has to be the same.
files as (

    select
        lists.campaign,
        min(lists.source_file) as source_file,
        min(lists.model_version) as model_version,
        min(
            case
                when lists.list_seal is null then null
                when upper(lists.list_seal) like '%E+%'
                    then coalesce(abs({{ rounded_seal }} / cast(seals.found_seal as double) - 1) <= 1e-5, false)
                else cast(seals.found_seal as {{ dbt.type_string() }}) = lists.list_seal
            end
        ) as is_sealed
    from lists
    left join seals on lists.source_file = seals.source_file
    group by lists.campaign

),

caps as (

    select
        campaign,
        {{ segmentation.quantile_value('revenue_before', var('campaign_revenue_cap')) }} as revenue_cap
    from {{ ref('int_campaign_customers') }}
    where revenue_before > 0
    group by campaign

),

sent as (

    select
        campaign,
        {{ customer_key }} as customer_key,
        starts_on,
        ends_on
    from {{ ref('int_campaign_customers') }}
    where campaign_group = 'campaign'

),

-- Who was sent another campaign that ran at the same time.
others as (

    select
        customers.campaign,
        customers.customer_key,
        customers.campaign_group,
        sent.campaign as other_campaign
    from customers
    inner join sent
        on
            customers.customer_key = sent.customer_key
            and customers.campaign <> sent.campaign
            and customers.starts_on <= sent.ends_on
            and customers.ends_on >= sent.starts_on

),

overlapping as (

    select
        campaign,
        count(distinct customer_key) as overlapping_customers
    from others
    group by campaign

),

overlap_pairs as (

    select
        campaign,
        other_campaign,
        sum(case when campaign_group = 'campaign' then 1 else 0 end) as treated_in_other,
        sum(case when campaign_group = 'holdout' then 1 else 0 end) as held_in_other
    from others
    group by campaign, other_campaign

),

written_pairs as (

    select
        campaign,
        other_campaign,
        {{ segmentation.json_object(overlap) }} as overlap
    from overlap_pairs

),

reach as (

    select
        campaign,
        '[' || {{ segmentation.joined_text('overlap', ',', 'other_campaign') }} || ']' as other_campaigns
    from written_pairs
    group by campaign

),

counted as (

    select
        campaign,
        count(*) as customers,
        sum(case when campaign_group = 'campaign' then 1 else 0 end) as campaign_customers,
        sum(case when campaign_group = 'holdout' then 1 else 0 end) as holdout_customers,
        avg(cast(holdout_share as decimal(18, 12))) as holdout_share,
        sum(case when ledger_key is null and list_seal is null then 1 else 0 end) as unknown_customers,
        sum(case when ledger_key is null and list_seal is not null then 1 else 0 end) as vanished_customers,
        sum(case when campaign_group = 'holdout' and is_contacted then 1 else 0 end) as contacted_holdout,
        min(assigned_on) as assigned_on,
        min(starts_on) as starts_on,
        min(ends_on) as ends_on,
        min(known_until) as known_until
    from {{ ref('int_campaign_customers') }}
    group by campaign

),

final as (

    select
        -- ids
        counted.campaign,
        files.model_version,

        -- text
        files.source_file,
        case
            when counted.starts_on > counted.known_until then 'planned'
            when counted.ends_on > counted.known_until then 'running'
            else 'over'
        end as state,
        reach.other_campaigns,

        -- numerics
        counted.customers,
        cast(counted.campaign_customers as bigint) as campaign_customers,
        cast(counted.holdout_customers as bigint) as holdout_customers,
        cast(cast(counted.holdout_share as decimal(9, 6)) as double) as holdout_share,
        cast(counted.unknown_customers as bigint) as unknown_customers,
        cast(counted.vanished_customers as bigint) as vanished_customers,
        cast(counted.contacted_holdout as bigint) as contacted_holdout,
        coalesce(overlapping.overlapping_customers, 0) as overlapping_customers,
        caps.revenue_cap,

        -- booleans
        files.is_sealed,

        -- dates
        counted.assigned_on,
        counted.starts_on,
        counted.ends_on,
        case
            when counted.starts_on <= counted.known_until then least(counted.ends_on, counted.known_until)
        end as observed_until

    from counted
    inner join files on counted.campaign = files.campaign
    left join caps on counted.campaign = caps.campaign
    left join overlapping on counted.campaign = overlapping.campaign
    left join reach on counted.campaign = reach.campaign

)

select * from final
