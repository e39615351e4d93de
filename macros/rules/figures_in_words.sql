{#- The figures of a segment as a sentence, of the columns of the CTE figures of segment_profiles. -#}
{% macro figures_in_words() -%}
    {%- set by_days = var('frequency_unit') == 'days' -%}
    case when customers = 1 then ' Its only customer ' else ' Its median customer ' end
    || 'last bought ' || {{ segmentation.counted_as_text('recency_days', 'day') }}
    || ' ago (all customers: ' || {{ segmentation.number_as_text('all_recency_days') }} || '), '
    || {{ "'bought on '" if by_days else "'placed '" }}
    || {{ segmentation.counted_as_text('frequency', 'day' if by_days else 'order') }}
    || ' (all: ' || {{ segmentation.number_as_text('all_frequency') }} || ')'
    || case when kind = 'overlay' then ', spent ' else ' and spent ' end
    || {{ segmentation.number_as_text('monetary') }}
    || {{ "' after returns'" if var('monetary_basis') == 'net' else "''" }}
    || ' (all: ' || {{ segmentation.number_as_text('all_monetary') }} || ')'
    || coalesce(
        case when kind = 'overlay' then ' and sent back ' || {{ segmentation.share_as_text('return_rate') }} end
        || ' of it (all: ' || {{ segmentation.share_as_text('all_return_rate') }} || ')', ''
    )
    || '; ' || {{ segmentation.share_as_text('customer_share') }} || ' of the customers '
    || coalesce(
        case when total_revenue > 0 then 'bring ' || {{ segmentation.share_as_text('revenue_share') }} end
        || ' of the revenue.', 'are in it.'
    )
{%- endmacro %}
