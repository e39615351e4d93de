"""What customers will buy and what that is worth: purchases, spend, lifetime value.

Pure functions of arrays, and one object: `segmentation.value.customer_value.CustomerValue`.
"""
