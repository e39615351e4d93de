{#- Fails for rows in which not exactly one of the columns has a value. -#}
{% test exactly_one_of(model, columns) %}

select *
from {{ model }}
where
    {%- for column in columns %}
    {{ '+ ' if not loop.first }}case when {{ column }} is null then 0 else 1 end
    {%- endfor %}
    <> 1

{% endtest %}
