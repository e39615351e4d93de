{#- An aggregate: a checksum of the rows in any order, from their 63-bit hashes, as an integer of 128 bits. -#}
{% macro sum_of_hashes(hash) -%}
    {{ return(adapter.dispatch('sum_of_hashes', 'segmentation')(hash)) }}
{%- endmacro %}

{#- DuckDB adds up integers of 64 bits in 128; to cast them first would take half as long again. -#}
{% macro default__sum_of_hashes(hash) -%}
    sum({{ hash }})
{%- endmacro %}

{% macro spark__sum_of_hashes(hash) -%}
    sum(cast({{ hash }} as decimal(38, 0)))
{%- endmacro %}
