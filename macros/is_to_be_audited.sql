{#-
    A condition on the lines that tests look at: those of files that no complete build has passed with, or all of them with the var
    audit: full. What was audited is written down by `record_audit` when a build has passed.
-#}
{% macro is_to_be_audited(typed_key) -%}
    {%- set compared_files = ref('int_compared_files') -%}
    {%- if var('audit') not in ['new', 'full'] -%}
        {{ segmentation.stop_build(["audit is '" ~ var('audit') ~ "'; it must be new or full."]) }}
    {%- endif -%}
    {{ typed_key }} in (
        select files.typed_key from {{ compared_files }} as files
        {%- set audited_files = adapter.get_relation(compared_files.database, compared_files.schema, 'audited_files') if execute -%}
        {%- if audited_files and var('audit') == 'new' %}
        where files.row_key not in (select audited.row_key from {{ audited_files }} as audited)
        {%- endif %}
    )
{%- endmacro %}
