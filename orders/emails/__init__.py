"""The e-mails of orders: one function each (CV-17: every e-mail goes through queue_email)."""

from orders.emails.acts import NewDraft, message_to_partner, porting, progress
from orders.emails.news import customer_news
from orders.emails.parts import order_page
from orders.emails.placing import placed, placed_assigned, placed_customer
from orders.emails.readers import told_of
from orders.emails.vendor import cancel_withdrawn, message_to_vendor

__all__ = [
    "NewDraft",
    "cancel_withdrawn",
    "customer_news",
    "message_to_partner",
    "message_to_vendor",
    "order_page",
    "placed",
    "placed_assigned",
    "placed_customer",
    "porting",
    "progress",
    "told_of",
]
