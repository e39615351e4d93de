"""Campaigns with a group held out: planned, drawn, measured, looked at each day, and judged.

Pure functions of numbers and arrays. What they need of customers are counts, sums and sums of squares, which SQL makes.
"""
