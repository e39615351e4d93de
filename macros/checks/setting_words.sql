{#- What a setting may be, in words, from its rule. -#}
{% macro setting_words(rule) -%}
    {%- set words = [] -%}
    {%- for value in rule.get('one_of', []) -%}
        {%- do words.append("'" ~ value ~ "'" if value in ['', '.', ','] else value | string | lower) -%}
    {%- endfor -%}
    {%- for kind, noun in {'whole': 'a whole number', 'number': 'a number', 'signed': 'a number'}.items() if kind in rule -%}
        {%- set low, high = rule[kind] -%}
        {%- do words.append(noun ~ (' of at least ' ~ low if high is none else ' from ' ~ low ~ ' to ' ~ high)) -%}
    {%- endfor -%}
    {%- if 'share' in rule -%}
        {%- do words.append('a share from 0 to ' ~ rule['share'] ~ ', such as 0.05') -%}
    {%- elif 'share_below' in rule -%}
        {%- do words.append('a share from 0 to below ' ~ rule['share_below'] ~ ', such as 0.005') -%}
    {%- endif -%}
    {%- if rule.get('date') -%}
        {%- do words.append('a date such as 2011-12-10') -%}
    {%- endif -%}
    {%- if 'pattern' in rule -%}
        {%- do words.append(rule['words']) -%}
    {%- endif -%}
    {%- if 'list_of' in rule -%}
        {%- do words.append('a list of ' ~ (rule['list_of'] + [rule['words_of_list']]) | join(', ') ~ ', or of some of them') -%}
    {%- endif -%}
    {%- if rule.get('rates') -%}
        {%- do words.append('a number above 0 for each currency, such as {EUR: 1, USD: 0.92}') -%}
    {%- endif -%}
    {%- if 'meanings' in rule -%}
        {%- do words.append('a meaning for each word, such as {picked: ' ~ rule['meanings'][0] ~ '}, of ' ~ rule['meanings'] | join(', ')) -%}
    {%- endif -%}
    {%- if 'texts' in rule -%}
        {%- do words.append("a list such as ['one', 'another']") -%}
    {%- endif -%}
    {%- if 'fields' in rule -%}
        {%- set example = 'customer_id' if 'customer_id' in rule['fields'] else rule['fields'][0] -%}
        {%- do words.append('a column for each field, such as {' ~ example ~ ': Account}; the fields are ' ~ rule['fields'] | join(', ')) -%}
    {%- endif -%}
    {%- if 'columns_of' in rule -%}
        {%- do words.append(
            'a column for each field, such as {customer_id: Account}; the fields are ' ~ rule['columns_of'] | join(', ')
            ~ "; or all of it by the names of files, such as {'etsy*.csv': {customer_id: Buyer}, '*': {customer_id: Account}}"
        ) -%}
    {%- endif -%}
    {{ return(words[:-1] | join(', ') ~ (' or ' if words | length > 1 else '') ~ words[-1]) }}
{%- endmacro %}
