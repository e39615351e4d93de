"""What is looked for in the first rows of a file that was recognised, in the order in which it is asked about."""

from segmentation.intake.damaged_values import refuse_garbled_text, refuse_rounded_ids
from segmentation.intake.unread_money import (
    refuse_credits,
    refuse_minor_units,
    refuse_unclear_discounts,
    refuse_unread_amounts,
    refuse_unread_currencies,
    refuse_unread_discounts,
)
from segmentation.intake.unread_words import refuse_unread_words

REFUSALS = (
    refuse_garbled_text,
    refuse_rounded_ids,
    refuse_unread_words,
    refuse_unread_currencies,
    refuse_unread_discounts,
    refuse_unclear_discounts,
    refuse_unread_amounts,
    refuse_minor_units,
    refuse_credits,
)
