"""Looks at invoice files before a database does, and reads those that a database can't."""

from segmentation.intake.conversion import ROW_SCHEMA, read_rows
from segmentation.intake.erasure import ERASED, SEPARATORS, clean_customer_id, customer_hash, read_rows_without
from segmentation.intake.inspection import inspect_files, inspect_relation
from segmentation.intake.invoice_file import InvoiceFile, with_content
from segmentation.intake.shapes import LINE_FIELDS, OTHER_FIELDS, ShapeColumn
from segmentation.intake.unread_words import Words

__all__ = [
    "ERASED",
    "LINE_FIELDS",
    "OTHER_FIELDS",
    "ROW_SCHEMA",
    "SEPARATORS",
    "InvoiceFile",
    "ShapeColumn",
    "Words",
    "clean_customer_id",
    "customer_hash",
    "inspect_files",
    "inspect_relation",
    "read_rows",
    "read_rows_without",
    "with_content",
]
