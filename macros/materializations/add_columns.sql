{#- Add the columns to a stored table that its model describes and it lacks. -#}
{% macro add_columns(stored, query) -%}
    {%- set names = adapter.get_columns_in_relation(stored) | map(attribute='name') | list -%}
    {%- if model.columns | reject('in', names) | list -%}
        {%- do segmentation.keep_for_now(this, 'select * from (' ~ query ~ ') as found where 1 = 0') -%}
        {%- set found = api.Relation.create(identifier=this.identifier ~ '__parts') -%}
        {%- do alter_relation_add_remove_columns(stored, adapter.get_missing_columns(found, stored), none) -%}
    {%- endif -%}
{%- endmacro %}
