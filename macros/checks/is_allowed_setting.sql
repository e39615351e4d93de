{#- Whether a value of a setting is one that its rule allows. -#}
{% macro is_allowed_setting(value, rule) -%}
    {%- set text = value | string -%}
    {%- if rule.get('text') or value in rule.get('one_of', []) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- set is_whole = modules.re.fullmatch('[0-9]{1,9}', text) -%}
    {%- set is_number = modules.re.fullmatch('[0-9]{1,9}([.][0-9]{1,12})?', text) -%}
    {%- set is_signed = modules.re.fullmatch('-?[0-9]{1,9}([.][0-9]{1,12})?', text) -%}
    {%- for kind, fits in {'whole': is_whole, 'number': is_number, 'signed': is_signed}.items() if kind in rule and fits -%}
        {%- set low, high = rule[kind] -%}
        {{ return(text | float >= low and (high is none or text | float <= high)) }}
    {%- endfor -%}
    {%- if is_number and (text | float <= rule.get('share', -1) or text | float < rule.get('share_below', 0)) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- if rule.get('date') and segmentation.is_date(text) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- if 'pattern' in rule and modules.re.fullmatch(rule['pattern'], text) -%}
        {{ return(true) }}
    {%- endif -%}
    {%- if 'list_of' in rule and value is sequence and value is not string and value -%}
        {{ return(value | reject('in', rule['list_of']) | list | length == 0 and value | unique(true) | list | length == value | length) }}
    {%- endif -%}
    {%- if rule.get('rates') and value is mapping -%}
        {%- set wrong = [] -%}
        {%- for rate in value.values()
            if not modules.re.fullmatch('[0-9]{1,6}([.][0-9]{1,8})?', rate | string) or rate | float == 0
        -%}
            {%- do wrong.append(rate) -%}
        {%- endfor -%}
        {{ return(wrong | length == 0) }}
    {%- endif -%}
    {%- if 'meanings' in rule and value is mapping -%}
        {{ return(value.values() | reject('in', rule['meanings']) | list | length == 0) }}
    {%- endif -%}
    {%- if 'texts' in rule and value is sequence and value is not string and value is not mapping -%}
        {{ return(true) }}
    {%- endif -%}
    {%- if 'fields' in rule and value is mapping -%}
        {{ return(not value.keys() | reject('in', rule['fields']) | list and not value.values() | select('mapping') | list) }}
    {%- endif -%}
    {%- if 'columns_of' in rule and value is mapping -%}
        {#- Columns for all files, or such a mapping for each pattern of files; not some of each. -#}
        {%- set by_pattern = value.values() | select('mapping') | list -%}
        {%- if by_pattern and by_pattern | length < value | length -%}
            {{ return(false) }}
        {%- endif -%}
        {%- set wrong = [] -%}
        {%- for columns in by_pattern or [value] -%}
            {%- do wrong.extend(columns.keys() | reject('in', rule['columns_of'])) -%}
            {%- do wrong.extend(columns.values() | select('mapping')) -%}
        {%- endfor -%}
        {{ return(wrong | length == 0) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}
