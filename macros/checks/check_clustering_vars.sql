{#- Stop the build where a setting of the clustering can't be what it is. -#}
{% macro check_clustering_vars() -%}
    {%- set wrong = [] -%}
    {%- for feature in var('cluster_features') if feature not in segmentation.clustering_features() -%}
        {%- do wrong.append('cluster_features holds ' ~ feature ~ '; it may hold ' ~ segmentation.clustering_features() | join(', ') ~ '.') -%}
    {%- endfor -%}
    {%- if not var('cluster_features') -%}
        {%- do wrong.append('cluster_features is empty; name at least one of ' ~ segmentation.clustering_features() | join(', ') ~ '.') -%}
    {%- endif -%}
    {%- if var('cluster_scaler') not in ['standard', 'minmax', 'robust'] -%}
        {%- do wrong.append('cluster_scaler is ' ~ var('cluster_scaler') ~ '; it must be standard, minmax or robust.') -%}
    {%- endif -%}
    {%- if var('segment_count') != 'auto' and var('segment_count') | string not in ['2', '3', '4', '5', '6', '7', '8', '9', '10'] -%}
        {%- do wrong.append('segment_count is ' ~ var('segment_count') ~ '; it must be auto or a number from 2 to 10.') -%}
    {%- endif -%}
    {%- set low, high = var('segment_count_min') | int(0), var('segment_count_max') | int(0) -%}
    {%- if not (2 <= low <= high <= 10) -%}
        {%- do wrong.append('segment_count_min and segment_count_max must be numbers with 2 <= min <= max <= 10.') -%}
    {%- endif -%}
    {%- if var('knn_neighbors') != 'auto' and var('knn_neighbors') | int(0) < 1 -%}
        {%- do wrong.append('knn_neighbors is ' ~ var('knn_neighbors') ~ '; it must be auto or a whole number of at least 1.') -%}
    {%- endif -%}
    {%- set algorithms = ['kmeans', 'gaussian_mixture', 'ward', 'hdbscan', 'grid', 'auto'] -%}
    {%- if var('cluster_algorithm') not in algorithms -%}
        {%- do wrong.append('cluster_algorithm is ' ~ var('cluster_algorithm') ~ '; it must be one of ' ~ algorithms | join(', ') ~ '.') -%}
    {%- endif -%}
    {%- if var('cluster_evaluation') not in ['quick', 'standard', 'full'] -%}
        {%- do wrong.append('cluster_evaluation is ' ~ var('cluster_evaluation') ~ '; it must be quick, standard or full.') -%}
    {%- endif -%}
    {%- if not 0 <= var('cap_share') | float(-1) < 0.25 -%}
        {%- do wrong.append('cap_share is ' ~ var('cap_share') ~ '; it must be a share from 0 to below 0.25, such as 0.005.') -%}
    {%- endif -%}
    {%- if var('min_customers') | int(-1) < 0 -%}
        {%- do wrong.append('min_customers is ' ~ var('min_customers') ~ '; it must be a whole number of at least 0.') -%}
    {%- endif -%}
    {%- if var('fit_sample_size') | int(0) < 1000 -%}
        {%- do wrong.append('fit_sample_size is ' ~ var('fit_sample_size') ~ '; it must be a whole number of at least 1000.') -%}
    {%- endif -%}
    {%- if not modules.re.fullmatch('[0-9]{1,9}', var('random_seed') | string) -%}
        {%- do wrong.append('random_seed is ' ~ var('random_seed') ~ '; it must be a whole number of at most nine digits.') -%}
    {%- endif -%}
    {%- if execute and wrong -%}
        {{ segmentation.stop_build(['The settings of the clustering can\'t be used:'] + wrong) }}
    {%- endif -%}
{%- endmacro %}
