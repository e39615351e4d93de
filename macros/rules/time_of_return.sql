{#- When what is marked as returned came back: when the order was cancelled, if that is plausible, else the time of the order. -#}
{% macro time_of_return() -%}
    case
            when
                is_returned
                and cancelled_at >= time_of_order
                and cancelled_at < {{ segmentation.date_setting('last_plausible_date') }} then cancelled_at
            when is_returned then time_of_order
        end
{%- endmacro %}
