"""The e-mails about problem reports."""

from support.emails.contacts import acknowledge_link, to_contact
from support.emails.sending import (
    answer_context,
    service_report,
    to_customer,
    to_person,
    to_support,
)

__all__ = [
    "acknowledge_link",
    "answer_context",
    "service_report",
    "to_contact",
    "to_customer",
    "to_person",
    "to_support",
]
