{#-
    What a feature is for the clustering, from the columns of int_customer_features. Who bought on one day has no
    interval between purchases yet; the wait so far is the least that it can be.
-#}
{% macro clustering_value(feature) -%}
    {%- set values = {
        'interpurchase_days': 'coalesce(interpurchase_days, tenure_days)',
        'is_repeat_customer': 'case when frequency > 1 then 1 else 0 end'
    } -%}
    {{ values.get(feature, feature) }}
{%- endmacro %}
