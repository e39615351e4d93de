{#- Add to a message the types of documents of which neither the seed document_types nor document_type_meanings says what they mean. -#}
{% macro ask_about_document_types(message, file_invoice_days, invoice_rows, files, document_types) -%}
    {%- if not run_query('select 1 as found from ' ~ file_invoice_days ~ " where reason = 'bad_return_flag' limit 1").rows -%}
        {{ return('') }}
    {%- endif -%}
    {%- set word = 'lower(' ~ segmentation.other_field('is_returned', 'invoice_rows.other_fields') ~ ')' -%}
    {%- set unknown -%}
        select {{ word }} as document_type, count(*) as line_count, min(files.source_file) as source_file
        from {{ invoice_rows }} as invoice_rows
        inner join {{ files }} as files on invoice_rows.load_key = files.load_key
        where {{ segmentation.other_field('passed_over', 'invoice_rows.other_fields') }} is null
            and {{ word }} is not null and {{ word }} not in (
            select known.document_type
            from ({{ segmentation.word_meanings(document_types, 'document_type', var('document_type_meanings')) }}) as known
        )
        group by {{ word }}
        order by line_count desc, document_type
        limit 10
    {%- endset -%}
    {%- set types = run_query(unknown).rows -%}
    {%- if types -%}
        {%- do message.append('It is not known what these values of is_returned mean:') -%}
        {%- for type in types -%}
            {%- do message.append(
                '  ' ~ type['document_type'] ~ ': ' ~ type['line_count'] ~ (' line' if type['line_count'] == 1 else ' lines') ~ ' of ' ~ type['source_file']
            ) -%}
        {%- endfor -%}
        {%- set meanings = {} -%}
        {%- for type in types -%}
            {%- do meanings.update({type['document_type']: 'sale'}) -%}
        {%- endfor -%}
        {%- do message.append(
            "Say it: --vars '{document_type_meanings: " ~ tojson(meanings) ~ "}'. It may be sale, return (the line is what came back),"
            ~ ' returned_sale (it was sold and came back), never_paid (an offer, a delivery note: it counts for nothing) or rejected (the line is faulty).'
        ) -%}
    {%- endif -%}
{%- endmacro %}
