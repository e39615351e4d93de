"""The sections of the report, a module each: which figures and tables, with what caption."""
