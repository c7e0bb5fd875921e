"""The fields of step 3 that ask where goods are sent (ORD-66)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django_countries import countries

from customers.forms.contacts_and_sites import one_line
from customers.models import Site
from orders.goods import (
    PARTS,
    Destination,
    address_of,
    address_of_site,
    chosen,
    lines_of,
    why_not_to,
    wrong_parts,
)
from orders.models import Order
from portal.core.form_rendering import ChoiceCards
from portal.core.http import parse_uuid

To = Order.GoodsTo
# More than these are a list to choose from instead of cards.
MOST_CARDS = 6


class GoodsFields:
    """The choice of an address, and the parts of one that is typed."""

    def __init__(self, form: forms.ModelForm[Order], *, sends: bool) -> None:
        """Add the fields to the form of a draft; one that ``sends`` the order demands them."""
        self.form, self.sends = form, sends
        self.order = form.instance
        self.sites = {str(site.pk): site for site in self.order.customer.sites.order_by("name")}
        now = chosen(self.order)
        form.fields["goods_to"] = self._choice(now)
        labels = {
            "name": (_("Recipient"), 120),
            "street": (_("Street"), 200),
            "postal_code": (_("Postal code"), 20),
            "city": (_("Town"), 100),
        }
        for part, (label, length) in labels.items():
            form.fields[f"goods_{part}"] = forms.CharField(
                label=label,
                max_length=length,
                required=False,
                initial=now.address.get(part, ""),
            )
        form.fields["goods_name"].help_text = _("Empty: the customer's name.")
        form.fields["goods_country"] = forms.ChoiceField(
            label=_("Country"),
            required=False,
            choices=list(countries),
            initial=now.address.get("country") or str(self.order.customer.country.code or ""),
        )

    def _choice(self, now: Destination) -> forms.ChoiceField:
        customer = self.order.customer
        hints = {str(To.CUSTOMER): _hint(lines_of(address_of(customer))[1:])}
        labels = {str(To.CUSTOMER): str(To.CUSTOMER.label)}
        for key, site in self.sites.items():
            labels[key] = site.name
            hints[key] = _hint(lines_of(address_of_site(site, customer))[1:])
        labels[str(To.OTHER)] = str(To.OTHER.label)
        hints[str(To.OTHER)] = _("Typed below, for this order only.")
        is_short = len(labels) <= MOST_CARDS
        if not is_short:
            labels = {key: f"{label}: {hints[key]}" for key, label in labels.items()}
        choices = list(labels.items())
        if not is_short and not now.to:
            choices.insert(0, ("", "–"))
        return forms.ChoiceField(
            label=_("Send goods to"),
            required=self.sends,
            choices=choices,
            initial=str(now.site.pk) if now.to == To.SITE and now.site else now.to,
            widget=ChoiceCards(hints=hints) if is_short else forms.Select,
            error_messages={
                "required": _("Choose where the goods are sent."),
                "invalid_choice": _("Choose an address of this customer."),
            },
        )

    def clean(self, data: dict[str, Any]) -> None:
        """Put the destination into ``data``, and show what is wrong with it at its field.

        What is only kept may lack parts (ORD-60).
        """
        to = data.get("goods_to")
        if to is None:
            return
        site: Site | None = self.sites.get(to) if parse_uuid(to) else None
        typed = {part: one_line(data.get(f"goods_{part}") or "") for part in PARTS}
        is_other = to == To.OTHER
        found = Destination(To.SITE if site else to, site, typed if is_other else {})
        data["goods"] = found
        if is_other:
            for part, error in wrong_parts(typed).items():
                if self.sends or typed.get(part):
                    self.form.add_error(f"goods_{part}", error)
        elif self.sends:
            why = why_not_to(self.order, found)
            if why:
                self.form.add_error("goods_to", why)


def _hint(lines: list[str]) -> str:
    return ", ".join(lines) or _("No address yet.")
