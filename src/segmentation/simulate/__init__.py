"""Invoice lines of an invented shop, with known groups of customers and the dirt of real exports."""
