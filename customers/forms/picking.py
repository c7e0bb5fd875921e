"""The customer's box of an order or quote: what was chosen, and what was only typed (ORD-30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from customers.models import Customer
from portal.accounts.models import Membership
from portal.core.http import parse_uuid


def _values(data: object) -> list[str]:
    """The posted choices: the hidden field's, then that of a radio button."""
    return data.getlist("customer") if isinstance(data, QueryDict) else []


def unpicked_text(data: Mapping[str, Any]) -> str:
    """Return the text that was typed into the box and not chosen from; empty if there is none.

    Without scripts the text of "Find" stays in the box beside the radio buttons that answer it.
    """
    text = " ".join(str(data.get("customer_search", "")).replace("\x00", "").split())[:200]
    answered = " ".join(str(data.get("customer_searched", "")).split())
    return "" if text == answered and len(_values(data)) > 1 else text


class PickedCustomer(forms.Form):
    """The hidden field of the customer; the posted value decides, never the session (D2)."""

    person: Membership
    nothing_chosen: StrOrPromise = ""
    # The one in the hidden field or of the radio button, whatever else is wrong.
    posted: Customer | None = None

    def clean_customer(self) -> Customer:
        """Return the customer that was posted, if this person may see it (ORD-26)."""
        chosen = parse_uuid(next((v for v in reversed(_values(self.data)) if v), ""))
        visible = Customer.objects.visible_to(self.person)
        self.posted = visible.filter(pk=chosen).first() if chosen is not None else None
        text = unpicked_text(self.data)
        if text:
            raise forms.ValidationError(
                _(
                    "You typed “%(text)s” and chose nothing. "
                    "Choose a customer that matches, or empty the box."
                ),
                params={"text": text},
            )
        if self.posted is None:
            raise forms.ValidationError(str(self.nothing_chosen))
        return self.posted
