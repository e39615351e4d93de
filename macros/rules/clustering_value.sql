{#-
    What a feature is for the clustering, from the columns of int_customer_features. Who bought on one day has no
    interval between purchases yet; the wait so far is the least that it can be.
-#}
{% macro clustering_value(feature) -%}
    {{ 'coalesce(interpurchase_days, tenure_days)' if feature == 'interpurchase_days' else feature }}
{%- endmacro %}
