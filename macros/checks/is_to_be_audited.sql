{#-
    A condition on what tests look at: rows that no complete build has passed with, or all of them with the var audit: full. Of lines by the
    typed_key of their file, of the ledger by its row_key, of the history by its history_key. What was audited is written down by `record_audit` when a build has passed.
-#}
{% macro is_to_be_audited(key, what='files') -%}
    {%- if var('audit') not in ['new', 'full'] -%}
        {{ segmentation.stop_build(["audit is '" ~ var('audit') ~ "'; it must be new or full."]) }}
    {%- endif -%}
    {%- set compared_files = ref('int_compared_files') -%}
    {%- set audited = adapter.get_relation(compared_files.database, compared_files.schema, 'audited_' ~ what)
        if execute and var('audit') == 'new' -%}
    {%- if what != 'files' -%}
        {{ key ~ ' not in (select audited.row_key from ' ~ audited ~ ' as audited)' if audited else 'true' }}
    {%- else -%}
        {{ key }} in (
            select files.typed_key from {{ compared_files }} as files
            {%- if audited %}
            where files.row_key not in (select audited.row_key from {{ audited }} as audited)
            {%- endif %}
        )
    {%- endif -%}
{%- endmacro %}
