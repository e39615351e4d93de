{#-
    What each setting may be: any one of the alternatives beside its name. A text is left to whoever reads it, because only the
    files can say whether there is such a shape, an encoding or a table.
-#}
{% macro setting_rules() -%}
    {%- set fields = segmentation.invoice_line_columns() + [
        'amount', 'discount', 'currency', 'is_returned', 'order_status', 'cancelled_at', 'order_refund'
    ] -%}
    {%- set attributes = [] -%}
    {%- for name in (var('attributes') if var('attributes') is sequence and var('attributes') is not string else []) -%}
        {%- do attributes.append('attribute.' ~ name) -%}
    {%- endfor -%}
    {%- set share, bar = {'share': 1}, {'number': [0, none]} -%}
    {{ return({
        'invoice_files': {'text': true},
        'invoice_relation': {'text': true},
        'keep_vanished_files': {'one_of': [true, false]},
        'invoice_shape': {'text': true},
        'column_map': {'columns_of': fields},
        'ignored_columns': {'texts': true},
        'encoding': {'text': true},
        'date_order': {'one_of': ['dmy', 'mdy', 'ymd', '']},
        'time_zone': {'pattern': '[A-Za-z0-9_+/-]+', 'words': 'a name such as UTC or Europe/London'},
        'decimal_mark': {'one_of': ['.', ',', '']},
        'discount_sign': {'one_of': ['positive', 'negative', '']},
        'discount_unit': {'one_of': ['money', 'percent', 'share', '']},
        'order_status_meanings': {'meanings': ['stands', 'never_paid', 'cancelled']},
        'document_type_meanings': {'meanings': ['sale', 'return', 'returned_sale', 'never_paid', 'rejected']},
        'overlapping_files': {'one_of': ['newest', 'file_name', 'all', '']},
        'line_amounts': {'one_of': ['file', 'product', 'order', '']},
        'duplicate_lines': {'one_of': ['drop', 'keep', '']},
        'invoice_numbers': {'one_of': ['unique', 'daily', '']},
        'placeholder_customers': {'one_of': [''], 'texts': true},
        'join_customer_ids': {'one_of': [true, false]},
        'questions': {'one_of': ['stop', 'report']},
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
        'cluster_features': {
            'list_of': segmentation.clustering_features() + attributes,
            'words_of_list': 'or numbers that the setting attributes lists, such as attribute.Age'
        },
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
        'value_horizon_days': {'whole': [0, 36500]},
        'value_discount_rate': {'signed': [-0.99, 10]},
        'gross_margin': {'signed': [-10, 10]},
        'purchase_model': {'one_of': ['auto', 'bg_nbd', 'mbg_nbd', 'pareto_nbd', 'nbd']},
        'campaign_files': {'text': true},
        'campaign_map': {'fields': [
            'campaign', 'customer_id', 'group', 'starts_on', 'ends_on', 'segment', 'stratum', 'holdout_share', 'assigned_on',
            'model_version', 'contacted'
        ]},
        'campaign_revenue_cap': share,
        'products': {'one_of': [true, false]},
        'product_categories': {'text': true},
        'product_category_relation': {'text': true},
        'category_map': {'fields': ['product_code', 'category']},
        'attribute_files': {'text': true},
        'attribute_relation': {'text': true},
        'attribute_map': {'fields': ['customer_id']},
        'attributes': {'texts': true},
        'attribute_kinds': {'meanings': ['number', 'category']},
        'publish_lines_up_to': {'whole': [0, none]},
        'currency': {'text': true},
        'unit_tests': {'one_of': [true, false]}
    }) }}
{%- endmacro %}
