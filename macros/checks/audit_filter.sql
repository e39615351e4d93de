{#-
    A condition on what tests look at: rows that no complete build has passed with, or all of them with the var audit: full. Of lines by the
    typed_key of their file, of the ledger by its ledger_key, of the history by its history_key. What was audited is
    written down at the end of a build that has passed (`segmentation_dbt.end_of_build`).
-#}
{% macro audit_filter(key, what='files') -%}
    {%- set file_comparisons = ref('int_file_comparisons') -%}
    {%- set name = source('complete_builds', 'audited_' ~ what).identifier -%}
    {#- A project that installs this one says which schema the models have; the table is beside them. -#}
    {%- set audited = adapter.get_relation(file_comparisons.database, file_comparisons.schema, name) if execute and var('audit') == 'new' -%}
    {%- if what != 'files' -%}
        {{ key ~ ' not in (select audited.' ~ key ~ ' from ' ~ audited ~ ' as audited)' if audited else 'true' }}
    {%- else -%}
        {{ key }} in (
            select files.typed_key from {{ file_comparisons }} as files
            {%- if audited %}
            where files.classified_key not in (select audited.classified_key from {{ audited }} as audited)
            {%- endif %}
        )
    {%- endif -%}
{%- endmacro %}
