{#- The features that customers can be clustered by besides attributes. -#}
{% macro clustering_features() -%}
    {{ return([
        'recency_days', 'frequency', 'monetary', 'return_rate', 'avg_order_value', 'tenure_days', 'purchase_days',
        'interpurchase_days', 'is_repeat_customer'
    ]) }}
{%- endmacro %}
