{#-
    CTEs up to `preferences`: what segments buy more than others do, from a CTE `compared` of a row a segment and thing, with how often it was counted,
    expected_count, and dispersion, how many times the variance of the count is that of a Poisson one. What is counted rarely is drawn towards 1.
-#}
{% macro segment_preferences(thing, counted, shrinkage=10) -%}
shrunk as (

    select
        *,
        cast(({{ counted }} + {{ shrinkage }}) / (expected_count + {{ shrinkage }}) as decimal(18, 6)) as times_as_frequent
    from compared

),

-- The posterior of the ratio is a gamma distribution of the shape count + shrinkage: its logarithm is that far off.
distances as (

    select
        *,
        ln(times_as_frequent) * sqrt(({{ counted }} + {{ shrinkage }}) / dispersion) as distance
    from shrunk

),

-- Of a normal quantile z the tail is below its density over z.
tails as (

    select
        *,
        case when distance > 1 then exp(-distance * distance / 2) / (distance * sqrt(2 * pi())) else 1 end as p_value
    from distances

),

-- Benjamini-Hochberg: at most 5 % of those that are significant are so by chance.
compared_tails as (

    select
        *,
        0.05 * row_number() over (order by p_value) / count(*) over () as most_by_chance
    from tails

),

judged as (

    select
        *,
        coalesce(
            p_value <= max(case when p_value <= most_by_chance then p_value end) over (), false
        ) as is_significant
    from compared_tails

),

preferences as (

    select
        *,
        row_number() over (
            partition by segment
            order by times_as_frequent desc, {{ counted }} desc, {{ thing }} asc
        ) as preference_rank,
        row_number() over (
            partition by segment
            order by customers desc, revenue desc, {{ thing }} asc
        ) as customers_rank
    from judged

)
{%- endmacro %}
