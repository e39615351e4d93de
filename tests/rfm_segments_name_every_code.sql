-- Each of the 125 codes has exactly one name.
with scores as (

    {%- for score in range(1, 6) %}
    select '{{ score }}' as score
    {{ 'union all' if not loop.last }}
    {%- endfor %}

),

codes as (

    select r.score || f.score || m.score as rfm_score
    from scores as r
    cross join scores as f
    cross join scores as m

)

select
    codes.rfm_score,
    named.rfm_score as named_score
from codes
full outer join {{ ref('rfm_segments') }} as named on codes.rfm_score = named.rfm_score
where
    codes.rfm_score is null
    or named.rfm_score is null
