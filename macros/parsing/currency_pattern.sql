{#- A regular expression for a currency beside an amount: a sign, a code of three letters or a usual short form. -#}
{% macro currency_pattern() -%}
    {%- set words = [
        'Rp', 'Rs', 'Re', 'RM', 'R', 'kr', 'Kr', 'KR', 'zł', 'zl', 'Kč', 'Ft', 'Fr', 'SFr', 'lei', 'Lei', 'din', 'Dhs', 'Dh', 'Tk', 'Ksh', 'KSh', 'Sh',
        'Euro', 'euro', 'eur', 'TL', 'Lt', 'Ls', 'Bs', 'Q', 'L', 'CFA', 'F', 'đ', 'лв', 'руб', 'р', 'грн', '元', '円', '원'
    ] -%}
    (?:[A-Z]{0,3}\p{Sc}|[A-Z]{3}|S/[.]?|(?:{{ words | join('|') }})[.]?)?
{%- endmacro %}
