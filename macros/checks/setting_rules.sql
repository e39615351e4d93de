{#-
    What each setting may be: any one of the alternatives beside its name. A text is left to whoever reads it, because only the
    files can say whether there is such a shape, an encoding or a table.
-#}
{% macro setting_rules() -%}
    {%- set fields = segmentation.invoice_line_columns() + [
        'amount', 'discount', 'currency', 'is_returned', 'order_status', 'cancelled_at', 'order_refund'
    ] -%}
    {%- set share, bar = {'share': 1}, {'number': [0, none]} -%}
    {{ return({
        'invoice_files': {'text': true},
        'invoice_relation': {'text': true},
        'keep_vanished_files': {'one_of': [true, false]},
        'invoice_shape': {'text': true},
        'column_map': {'columns_of': fields},
        'encoding': {'text': true},
        'date_order': {'one_of': ['dmy', 'mdy', '']},
        'time_zone': {'pattern': '[A-Za-z0-9_+/-]+', 'words': 'a name such as UTC or Europe/London'},
        'decimal_mark': {'one_of': ['.', ',', '']},
        'exchange_rates': {'rates': true},
        'first_plausible_date': {'date': true},
        'last_plausible_date': {'date': true},
        'max_rejected_share': share,
        'cancellation_prefix': {'text': true},
        'audit': {'one_of': ['new', 'full']},
        'as_of_date': {'date': true, 'one_of': ['']},
        'frequency_unit': {'one_of': ['invoices', 'days']},
        'monetary_basis': {'one_of': ['gross', 'net']},
        'high_return_rate': share,
        'cluster_features': {'list_of': segmentation.clustering_features()},
        'cluster_scaler': {'one_of': ['standard', 'minmax', 'robust']},
        'cap_share': {'share_below': 0.25},
        'cluster_algorithm': {'one_of': ['kmeans', 'gaussian_mixture', 'ward', 'hdbscan', 'grid', 'auto']},
        'segment_count': {'one_of': ['auto'], 'whole': [2, 10]},
        'segment_count_min': {'whole': [2, 10]},
        'segment_count_max': {'whole': [2, 10], 'not_below': 'segment_count_min'},
        'cluster_evaluation': {'one_of': ['standard', 'full', 'quick']},
        'min_customers': {'whole': [0, none]},
        'fit_sample_size': {'whole': [1000, none]},
        'knn_neighbors': {'one_of': ['auto'], 'whole': [1, none]},
        'random_seed': {'whole': [0, none]},
        'refit': {'one_of': ['auto', 'always', 'never']},
        'refit_after_days': {'whole': [1, none]},
        'drift_psi_warn': bar,
        'drift_psi_error': {'number': [0, none], 'not_below': 'drift_psi_warn'},
        'outside_range_warn': bar,
        'outside_range_error': {'number': [0, none], 'not_below': 'outside_range_warn'},
        'confidence_fall_warn': bar,
        'confidence_fall_error': {'number': [0, none], 'not_below': 'confidence_fall_warn'},
        'low_confidence_warn': bar,
        'low_confidence_error': {'number': [0, none], 'not_below': 'low_confidence_warn'},
        'segment_share_change_warn': bar,
        'segment_share_change_error': {'number': [0, none], 'not_below': 'segment_share_change_warn'},
        'history_months': {'whole': [0, 999]},
        'validation_days': {'whole': [1, none]},
        'validation_sample': {'whole': [1, none]},
        'publish_lines_up_to': {'whole': [0, none]},
        'currency': {'text': true},
        'unit_tests': {'one_of': [true, false]}
    }) }}
{%- endmacro %}
