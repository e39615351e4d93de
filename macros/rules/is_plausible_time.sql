{#- Whether a time can be that of an invoice: between the days that are plausible, and none that programs write where they know none. -#}
{% macro is_plausible_time(time) -%}
    (
        {{ time }} >= {{ segmentation.date_setting('first_plausible_date') }}
        and {{ time }} < {{ segmentation.date_setting('last_plausible_date') }}
        and not {{ segmentation.is_placeholder_date('cast(' ~ time ~ ' as date)') }}
    )
{%- endmacro %}
