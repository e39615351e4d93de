{#- The pairs of vars that bound the drift, without _warn and _error. -#}
{% macro drift_bars() -%}
    {{ return(['drift_psi', 'outside_range', 'confidence_fall', 'low_confidence', 'segment_share_change']) }}
{%- endmacro %}
