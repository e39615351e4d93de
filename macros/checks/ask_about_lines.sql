{#- Add to a message what is not clear about the lines, with examples and the settings that answer it. -#}
{% macro ask_about_lines(message, evidence) -%}
    {%- set remedies = {
        'line_amounts': [
            'It is not clear what a line is worth:',
            "Say it: --vars '{line_amounts: file}' if the amount of the file counts, product if it is quantity times price, order if it is the total of the"
            ~ ' order, which its lines share equally; or say with column_map which column is the price of one unit and which the amount of the line.'
        ],
        'duplicate_lines': [
            'Many lines are copies, equal in every column of their file. It is not clear whether they are duplicates or were each sold:',
            "Say it: --vars '{duplicate_lines: keep}' if each was sold, as in a till that writes a row a scan; drop if one of equal lines counts."
        ],
        'invoice_numbers': [
            'Invoice numbers are not unique. The same number comes again on different days or for other customers:',
            "Say it: --vars '{invoice_numbers: daily}' if numbers restart, so that number and day are the invoice; unique if each number is one invoice."
        ],
        'placeholder_customers': [
            'A customer may stand for nobody:',
            "Say it: --vars \"{placeholder_customers: ['THE ID']}\" if its lines are of no customer, [] if it is a customer."
        ],
        'last_date': [
            'The last day stands apart from all others. It would be the day up to which everybody is measured:',
            "Say it: --vars '{last_plausible_date: DATE}' with the day from which on dates are typing errors, the day after it if it is right; or set"
            ~ ' as_of_date, or mend the file.'
        ],
        'first_date': [
            'The first day stands apart from all others:',
            "Say it: --vars '{first_plausible_date: DATE}' with the day before which dates are typing errors, that day itself if it is right; or mend the file."
        ]
    } -%}
    {% call statement('open_questions', fetch_result=true) %}
        select assumption, source_file, explanation
        from {{ evidence }}
        where decided_by = 'nothing'
        order by assumption, source_file
    {% endcall %}
    {%- set questions = load_result('open_questions')['data'] -%}
    {%- for assumption, words in remedies.items() -%}
        {%- set asked = questions | selectattr(0, 'equalto', assumption) | list -%}
        {%- if asked -%}
            {%- do message.append(words[0]) -%}
            {%- for question in asked[:10] -%}
                {%- do message.append('  ' ~ (question[1] ~ ': ' if question[1]) ~ question[2]) -%}
            {%- endfor -%}
            {%- do message.append(words[1]) -%}
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}
