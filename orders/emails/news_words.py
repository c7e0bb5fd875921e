"""What the customer reads of how an order goes on that it was told of (ORD-52, REG-46)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from orders.models import Order

K = Order.Kind
# What the customer reads of an order; each has its words in `news_words`.
REJECTED, RETURNED, CANCELLED, MISTAKEN = "rejected", "returned", "cancelled", "mistaken"
RESUMED, CHANGED, DELIVERED, COMPLETED = "resumed", "changed", "delivered", "completed"


def news_words(order: Order, what: str) -> tuple[str, str]:
    """Return subject and sentences of the news."""
    kind = K(order.kind)
    words = _of_new() if kind == K.NEW else _of_change() if kind == K.CHANGE else _of_ending()
    return words[what]


def _of_new() -> dict[str, tuple[str, str]]:
    return {
        REJECTED: (
            _("Order %(number)s for %(name)s will not be delivered"),
            _(
                "The order that %(partner)s placed for %(customer)s can't be carried out. Nothing "
                "will be delivered. Answer this e-mail if you have a question."
            ),
        ),
        RETURNED: (
            _("Order %(number)s for %(name)s is looked at once more"),
            _(
                "%(partner)s is looking once more at the order for %(customer)s. Nothing is "
                "delivered meanwhile. You will get an e-mail when it goes on, and need not do "
                "anything."
            ),
        ),
        CANCELLED: (
            _("Order %(number)s for %(name)s was cancelled"),
            _(
                "The order that %(partner)s placed for %(customer)s was cancelled. Nothing more "
                "will be delivered. Answer this e-mail if that is not as agreed."
            ),
        ),
        MISTAKEN: (
            _("An order was entered for %(name)s by mistake"),
            _(
                "An order of %(partner)s was entered for %(customer)s by mistake. Nothing will be "
                "delivered, and nothing is charged. You need not do anything."
            ),
        ),
        **_of_new_alive(),
    }


def _of_new_alive() -> dict[str, tuple[str, str]]:
    return {
        RESUMED: (
            _("Order %(number)s for %(name)s goes on"),
            _(
                "The order that %(partner)s placed for %(customer)s goes on. Nothing of it has "
                "changed. You need not do anything."
            ),
        ),
        CHANGED: (
            _("Order %(number)s for %(name)s was changed"),
            _(
                "%(partner)s has changed the order for %(customer)s. This is what is ordered now. "
                "Answer this e-mail if something is not as agreed."
            ),
        ),
        DELIVERED: (
            _("A part of order %(number)s for %(name)s is delivered"),
            _(
                "A part of what %(partner)s ordered for %(customer)s is delivered. You will get an "
                "e-mail about the rest."
            ),
        ),
        COMPLETED: (
            _("Order %(number)s for %(name)s is delivered"),
            _("Everything that %(partner)s ordered for %(customer)s is delivered."),
        ),
    }


def _of_change() -> dict[str, tuple[str, str]]:
    stays = (
        _("Change %(number)s for %(name)s will not be made"),
        _(
            "The change that %(partner)s ordered for %(customer)s will not be made. The services "
            "go on as they are. Answer this e-mail if you have a question."
        ),
    )
    return {
        REJECTED: stays,
        CANCELLED: stays,
        MISTAKEN: stays,
        RETURNED: (
            _("Change %(number)s for %(name)s is looked at once more"),
            _(
                "%(partner)s is looking once more at the change for %(customer)s. Nothing changes "
                "meanwhile. You will get an e-mail when it goes on, and need not do anything."
            ),
        ),
        RESUMED: (
            _("Change %(number)s for %(name)s goes on"),
            _(
                "The change that %(partner)s ordered for %(customer)s goes on as you were told. "
                "You need not do anything."
            ),
        ),
        CHANGED: (
            _("Change %(number)s for %(name)s is another now"),
            _(
                "%(partner)s has ordered other changes for %(customer)s than you were told. This "
                "is what is ordered now. Answer this e-mail if something is not as agreed."
            ),
        ),
        DELIVERED: (
            _("A part of change %(number)s for %(name)s is made"),
            _(
                "A part of the changes that %(partner)s ordered for %(customer)s is made. You will "
                "get an e-mail about the rest."
            ),
        ),
        COMPLETED: (
            _("Change %(number)s for %(name)s is made"),
            _("The changes that %(partner)s ordered for %(customer)s are made."),
        ),
    }


def _of_ending() -> dict[str, tuple[str, str]]:
    stays = (
        _("The services of %(name)s go on"),
        _(
            "The services of %(customer)s that %(partner)s asked to end will not end. They go on "
            "as they are. Answer this e-mail if you have a question."
        ),
    )
    return {
        REJECTED: stays,
        CANCELLED: stays,
        MISTAKEN: stays,
        RETURNED: (
            _("Termination %(number)s for %(name)s is looked at once more"),
            _(
                "%(partner)s is looking once more at the termination for %(customer)s. The "
                "services go on meanwhile. You will get an e-mail when it goes on, and need not do "
                "anything."
            ),
        ),
        RESUMED: (
            _("Termination %(number)s for %(name)s goes on"),
            _(
                "The services of %(customer)s will end as %(partner)s told you. You need not do "
                "anything."
            ),
        ),
        CHANGED: (
            _("Termination %(number)s for %(name)s is another now"),
            _(
                "%(partner)s has asked for other services of %(customer)s to end, or on another "
                "day, than you were told. This holds now. Answer this e-mail if something is not "
                "as agreed."
            ),
        ),
        DELIVERED: (
            _("Some services of %(name)s have ended"),
            _(
                "Some of the services of %(customer)s that %(partner)s asked to end have ended. "
                "You will get an e-mail about the rest."
            ),
        ),
        COMPLETED: (
            _("Services of %(name)s have ended"),
            _("The services of %(customer)s that %(partner)s asked to end have ended."),
        ),
    }
