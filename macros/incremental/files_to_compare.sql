{#-
    A select, in brackets, of the files whose lines were not compared with those of all other files yet: new and changed ones, and all after a
    rule changed. With the days of their lines that are not rejected by themselves.
-#}
{% macro files_to_compare(file_invoice_days) -%}
    {%- set compared = segmentation.stored_relation('int_file_comparisons') -%}
    (
        select
            typed_key,
            sum(line_count) as line_count,
            min(case when line_type is not null then invoice_date end) as first_date,
            max(case when line_type is not null then invoice_date end) as last_date
        from {{ file_invoice_days }}
        {%- if compared %}
        where classified_key not in (select compared.classified_key from {{ compared }} as compared)
        {%- endif %}
        group by typed_key
    )
{%- endmacro %}
