{#- A 64-bit hash of some columns. Hashes collide: whoever uses this compares the columns of what it finds. -#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    hash({{ columns | join(', ') }})
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    xxhash64({{ columns | join(', ') }})
{%- endmacro %}
