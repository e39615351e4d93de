{#- A hash of some columns, 63 bits. Hashes collide: whoever uses this compares the columns of what it finds. -#}
{% macro row_hash(columns) -%}
    {{ return(adapter.dispatch('row_hash', 'segmentation')(columns)) }}
{%- endmacro %}

{% macro default__row_hash(columns) -%}
    cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro spark__row_hash(columns) -%}
    shiftrightunsigned(xxhash64({{ columns | join(', ') }}), 1)
{%- endmacro %}
