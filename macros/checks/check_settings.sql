{#-
    Stop a run before its first model if a setting can't be what it is, or if a name is given that no setting has: all faults in
    one message, each with what is allowed.
-#}
{% macro check_settings() -%}
    {%- if not execute or flags.WHICH not in ['build', 'run', 'test', 'compile'] -%}
        {{ return('') }}
    {%- endif -%}
    {%- set rules, faults = segmentation.setting_rules(), [] -%}
    {%- for name, rule in rules.items() -%}
        {%- set value = var(name) -%}
        {%- if not segmentation.is_allowed_setting(value, rule) -%}
            {%- do faults.append('  ' ~ name ~ ' is ' ~ (value if value | string else "''") ~ '; it must be ' ~ segmentation.setting_words(rule) ~ '.') -%}
        {%- elif 'not_below' in rule and segmentation.is_allowed_setting(var(rule['not_below']), rules[rule['not_below']])
            and value | float < var(rule['not_below']) | float -%}
            {%- do faults.append(
                '  ' ~ name ~ ' is ' ~ value ~ ' and ' ~ rule['not_below'] ~ ' is ' ~ var(rule['not_below']) ~ '; ' ~ name
                ~ ' must not be below it.'
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for name in segmentation.unknown_settings(rules.keys() | list) -%}
        {%- do faults.append('  ' ~ name['given'] ~ ' is no setting. Did you mean ' ~ name['nearest'] ~ '?') -%}
    {%- endfor -%}
    {%- if faults -%}
        {{ segmentation.stop_build(["The build has not begun, because some settings can't be used:"] + faults + [
            'All settings are explained in one block of the dbt_project.yml of the segmentation, under vars.'
        ]) }}
    {%- endif -%}
    {%- do segmentation.check_stored_model() -%}
{%- endmacro %}
