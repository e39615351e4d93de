"""What a customer does not buy."""

NOT_PRODUCTS = ["POST", "D", "M", "B", "AMAZONFEE", "BANK CHARGES"]
"""Codes of charges and corrections in the generated files."""
