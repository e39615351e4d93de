{#- Why a line can't be accepted whatever its values are: the first reason that holds; null where nothing is known against it. -#}
{% macro line_problem() -%}
    case
            when {{ segmentation.other_field('erased') }} is not null then 'erased'
            when {{ segmentation.other_field('passed_over') }} is not null then {{ segmentation.other_field('passed_over') }}
            when {{ segmentation.other_field('unreadable') }} is not null then 'unreadable'
            when shape = 'returned_orders' then 'order_mark'
            when document_type is not null and coalesce(document_meaning, 'rejected') = 'rejected' then 'bad_return_flag'
            when
                discount_text is not null
                and signed_amount is null
                and discount_given is null
                and discount_share is null then 'bad_discount'
            when status_meaning = 'never_paid' or document_meaning = 'never_paid' then 'never_paid'
            {%- if var('exchange_rates') %}
            when exchange_rate is null then 'other_currency'
            {%- endif %}
        end
{%- endmacro %}
