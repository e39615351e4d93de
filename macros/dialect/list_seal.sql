{#- An aggregate: the seal of the rows of base_campaign_lists, a sum of the first 60 bits of their MD5 hashes (lists.py says it in Python). -#}
{% macro list_seal() -%}
    {{ return(adapter.dispatch('list_seal', 'segmentation')()) }}
{%- endmacro %}

{% macro default__list_seal() -%}
    sum(cast(cast('0x' || left(md5({{ segmentation.sealed_text() }}), 15) as bigint) as decimal(38, 0)))
{%- endmacro %}

{% macro spark__list_seal() -%}
    sum(cast(conv(left(md5({{ segmentation.sealed_text() }}), 15), 16, 10) as decimal(28, 0)))
{%- endmacro %}
