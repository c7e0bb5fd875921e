"""Quotes, and what a customer confirms of them (CON-01 to CON-26)."""

from quotes.models.confirmation import Confirmation, ConfirmationLink, ConfirmationQuerySet
from quotes.models.evidence import Evidence
from quotes.models.paper import ConfirmationPaper
from quotes.models.quote import TERMS, Quote, QuoteLine, QuoteOrder, QuoteQuerySet
from quotes.models.settings import QuoteSettings

__all__ = [
    "TERMS",
    "Confirmation",
    "ConfirmationLink",
    "ConfirmationPaper",
    "ConfirmationQuerySet",
    "Evidence",
    "Quote",
    "QuoteLine",
    "QuoteOrder",
    "QuoteQuerySet",
    "QuoteSettings",
]
