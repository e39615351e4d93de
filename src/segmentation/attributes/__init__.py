"""Who the customers of a segment are, by tables of their attributes: read, told apart by evidence, and compared.

Pure functions of files, counts and sums. Counts and sums of customers come from SQL.
"""
