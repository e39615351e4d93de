{#-
    Drop tables that an earlier version of the project left under names that are no longer in use. What they held is made from the loaded
    rows again, or was taken over; nothing else is in them. Hooks at the start run outside of a transaction: each statement holds at once.
-#}
{% macro drop_former_tables() -%}
    {%- if not execute or flags.WHICH not in ['build', 'run'] -%}
        {{ return('') }}
    {%- endif -%}
    {%- set former = {
        'base_invoice_rows': ['base_converted_rows', 'base_file_conventions', 'base_file_currencies', 'base_file_positions', 'stg_invoice_files'],
        'int_customer_days': [
            'int_compared_files', 'int_history_score_edges', 'int_new_files', 'int_pending_history', 'int_read_days', 'int_repeated_contents'
        ]
    } -%}
    {#- The fits of these are in int_fits, once there is one. -#}
    {%- set fits = graph.nodes['model.segmentation.int_fits'] -%}
    {%- if adapter.get_relation(fits.database, fits.schema, 'int_fits') -%}
        {%- do former.update({'int_fits': [
            'int_complete_fits', 'int_confidence_levels', 'int_fitted_customers', 'int_model_fits', 'int_refit_changes',
            'int_segment_buying_rates', 'int_segment_stability'
        ]}) -%}
    {%- endif -%}
    {%- for model, names in former.items() -%}
        {%- set node = graph.nodes['model.segmentation.' ~ model] -%}
        {%- for name in names -%}
            {%- set relation = adapter.get_relation(node.database, node.schema, name) -%}
            {%- if relation -%}
                {%- do adapter.drop_relation(relation) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- What was audited under keys of another name is audited again. -#}
    {%- for name, key in {'audited_files': 'classified_key', 'audited_customers': 'ledger_key', 'audited_months': 'history_key'}.items() -%}
        {%- set node = graph.nodes['model.segmentation.int_customer_days'] -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, name) -%}
        {%- if relation and key not in run_query('select * from ' ~ relation ~ ' limit 0').column_names -%}
            {%- do adapter.drop_relation(relation) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
