"""What the e-mails and documents of this app are called (CHAN-36); imported at startup."""

from django.utils.translation import gettext_lazy as _

from portal.outbox.kinds import name_kinds

name_kinds(
    {
        "orders/email/placed": _("Order is placed"),
        "orders/email/placed_assigned": _("Order is placed, to who is responsible"),
        "orders/email/placed_customer": _("Order is placed, to the customer"),
        "orders/email/customer_news": _("News of an order, to the customer"),
        "orders/email/message": _("Message about an order"),
        "orders/email/cancel_withdrawn": _("Request to cancel is withdrawn"),
        "orders/email/porting": _("Progress of a number porting"),
        "orders/email/progress": _("Progress of an order"),
        "order": _("Order as a PDF"),
        "order_plain": _("Order as a PDF, without prices"),
    }
)
