"""The e-mails of orders: one function each (CV-17: every e-mail goes through queue_email)."""

from orders.emails.acts import progress, told_of
from orders.emails.placing import placed, placed_assigned, placed_customer

__all__ = ["placed", "placed_assigned", "placed_customer", "progress", "told_of"]
