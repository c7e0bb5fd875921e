"""The e-mails of quotes: to the customer without commercials, and to the partner's people."""

from quotes.emails.answers import accepted, declined, expired, withdrawn
from quotes.emails.asking import ASK, confirmation, context_of, link_of, renew_link

__all__ = [
    "ASK",
    "accepted",
    "confirmation",
    "context_of",
    "declined",
    "expired",
    "link_of",
    "renew_link",
    "withdrawn",
]
