{#-
    The order of a file's dates that its counted lines show; null where they show none, or two. A year comes first where the first
    number takes few values and the last one many: there are fewer years than days.
-#}
{% macro shown_date_order(counts) -%}
    {%- set years_first = 'coalesce(bit_count(' ~ counts ~ '.first_numbers), 0)' -%}
    {%- set days_last = 'coalesce(bit_count(' ~ counts ~ '.third_numbers), 0)' -%}
    case
        when
            {{ counts }}.ymd_lines > 0
            and {{ counts }}.ymd_lines >= 0.95 * {{ counts }}.numbered_date_lines
            and 3 * {{ years_first }} <= {{ days_last }} then 'ymd'
        when
            {{ counts }}.ymd_lines > 0
            and {{ counts }}.ymd_lines >= 0.95 * {{ counts }}.numbered_date_lines
            and 3 * {{ days_last }} > {{ years_first }} then null
        when {{ counts }}.dmy_lines > 0 and {{ counts }}.mdy_lines = 0 then 'dmy'
        when {{ counts }}.mdy_lines > 0 and {{ counts }}.dmy_lines = 0 then 'mdy'
    end
{%- endmacro %}
