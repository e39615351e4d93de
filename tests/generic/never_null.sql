{#- Columns hold no nulls, in one scan: half of the tests of a build would be one such column each. -#}
{% test never_null(model, columns) %}

select
    {{ columns | join(',\n    ') }}
from {{ model }}
where
    {%- for column in columns %}
    {{ 'or ' if not loop.first }}{{ column }} is null
    {%- endfor %}

{% endtest %}
