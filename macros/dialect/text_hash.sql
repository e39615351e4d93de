{#- The SHA-256 hash of a text, as 64 hexadecimal digits: the same in any database, and the text can't be read from it. -#}
{% macro text_hash(text) -%}
    {{ return(adapter.dispatch('text_hash', 'segmentation')(text)) }}
{%- endmacro %}

{% macro default__text_hash(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__text_hash(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}
