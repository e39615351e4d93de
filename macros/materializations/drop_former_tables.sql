{#-
    Drop tables that an earlier version of the project left under names that are no longer in use, or without a column that the model goes on
    by. What they held is made from the loaded rows again, or was taken over; nothing else is in them. For the materialization of
    base_invoice_rows, in whose transaction they go.
-#}
{% macro drop_former_tables() -%}
    {#- Beside the table of which model, and without which column; none where it is dropped whatever its columns are. -#}
    {%- set former = {
        'base_invoice_rows': {
            'base_converted_rows': none, 'base_file_conventions': none, 'base_file_currencies': none, 'base_file_positions': none,
            'stg_invoice_files': none
        },
        'int_customer_days': {
            'int_compared_files': none, 'int_customer_checksums': none, 'int_files_to_compare': none, 'int_history_score_edges': none, 'int_new_files': none, 'int_pending_history': none,
            'int_order_refunds': none, 'int_read_days': none, 'int_repeated_contents': none, 'int_rfm_score_edges': none, 'int_segment_changes': none,
            'audited_files': 'classified_key', 'audited_customers': 'ledger_key', 'audited_months': 'history_key',
            'int_duplicate_invoice_lines': 'content_hash', 'int_rejected_invoice_lines': 'classified_key'
        }
    } -%}
    {#- The fits of these are in int_fits, once there is one. -#}
    {%- set fits = graph.nodes['model.segmentation.int_fits'] -%}
    {%- if adapter.get_relation(fits.database, fits.schema, 'int_fits') -%}
        {%- do former.update({'int_fits': {
            'int_complete_fits': none, 'int_confidence_levels': none, 'int_fitted_customers': none, 'int_model_fits': none,
            'int_refit_changes': none, 'int_segment_buying_rates': none, 'int_segment_stability': none
        }}) -%}
    {%- endif -%}
    {#- Through the adapter, which then knows it. -#}
    {%- for model, tables in former.items() -%}
        {%- set node = graph.nodes['model.segmentation.' ~ model] -%}
        {%- for name, column in tables.items() -%}
            {%- set relation = adapter.get_relation(node.database, node.schema, name) -%}
            {%- if relation and column -%}
                {%- call statement('stored', fetch_result=true, auto_begin=false) -%} select * from {{ relation }} limit 0 {%- endcall -%}
            {%- endif -%}
            {%- if relation and (column is none or column not in load_result('stored')['table'].column_names) -%}
                {%- do adapter.drop_relation(relation) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}
