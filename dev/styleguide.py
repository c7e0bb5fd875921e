"""One page that shows every component in every state, for people who build and check pages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from portal.accounts.access import needs
from portal.core.form_rendering import ChoiceCards, DateInput

TOWNS = [("gavle", "Gävle"), ("kiel", "Kiel"), ("hull", "Hull")]


class SampleForm(forms.Form):
    """One field of each kind."""

    type = forms.ChoiceField(
        label=_("Type"),
        choices=[("normal", _("Normal")), ("residential", _("Residential"))],
        widget=ChoiceCards(
            hints={
                "normal": _("All services and features"),
                "residential": _("A limited choice, no trunks"),
            }
        ),
        initial="normal",
    )
    name = forms.CharField(label=_("Customer name"))
    number = forms.CharField(label=_("Customer number"), min_length=4, max_length=10)
    email = forms.EmailField(
        label=_("Billing e-mail"), help_text=_("May be your own accounts department.")
    )
    town = forms.ChoiceField(label=_("Town"), choices=TOWNS, required=False)
    start = forms.DateField(label=_("Start date"), widget=DateInput, required=False)
    amount = forms.DecimalField(label=_("Credit limit"), min_value=0)
    towns = forms.MultipleChoiceField(
        label=_("Sites"), choices=TOWNS, widget=forms.CheckboxSelectMultiple, required=False
    )
    file = forms.FileField(label=_("File"), required=False, help_text=_("PDF, at most 5 MB."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 3}), required=False)
    agree = forms.BooleanField(
        label=_("This order is for our own company"),
        help_text=_("Tick to confirm, or choose a customer below."),
    )


class RowForm(forms.Form):
    """One row of the formset."""

    name = forms.CharField(label=_("Name"))
    email = forms.EmailField(label=_("E-mail"))


RowFormSet = forms.formset_factory(RowForm, extra=1, max_num=4, can_delete=True)


class SampleListing:
    """A list that is sorted by name."""

    sort = "name"
    sorts = ("name",)

    def url_for(self, sort: str) -> str:
        """Return the address in another order."""
        return f"?sort={sort}"


class SamplePicker(forms.Form):
    """The customer field of an order's first step."""

    customer = forms.CharField(widget=forms.HiddenInput)
    own = forms.BooleanField(
        label=_("This order is for our own company"),
        help_text=_(
            "You have not chosen a customer, so we put in your own company. "
            "Tick to confirm, or choose a customer below."
        ),
    )


def sample(**values: Any) -> SimpleNamespace:
    """Return a stand-in for a row of the database."""
    return SimpleNamespace(**values)


class Samples:
    """What the page shows."""

    customers: ClassVar = [
        sample(id="1", name="Havsbris Konsult AB", number="10042", town="Gävle", used=61),
        sample(id="2", name="Havsgården Hotell AB", number="10044", town="Varberg", used=88),
        sample(id="3", name="Ölands Rökeri AB", number="10071", town="Borgholm", used=12),
    ]
    own: ClassVar = sample(id="0", name="Nordlys Telekom AB", number="10001", town="Uppsala")
    summary: ClassVar = [
        ("Organisation number", "559102-4471"),
        ("Rate plan", "Business 25"),
        ("Postal address", "Norra Kungsgatan 14\n803 20 Gävle"),
        ("Business type", ""),
    ]
    tabs: ClassVar = [
        {"label": "All", "url": "?tab=all", "count": 214},
        {"label": "Assigned to me", "url": "?tab=mine", "count": 38, "current": True},
        {"label": "Inactive", "url": "?tab=off", "count": 11},
    ]
    steps: ClassVar = [
        {"label": "Customer", "url": "#steps", "state": "done"},
        {"label": "Products", "state": "current"},
        {"label": "Review"},
    ]
    pills: ClassVar = [{"label": "Assigned to", "value": "Sales group", "url": "?"}]
    menus: ClassVar = [
        {
            "label": "State",
            "options": [
                {"label": "Customer", "url": "?state=customer", "current": True},
                {"label": "Prospect", "url": "?state=prospect"},
            ],
        }
    ]
    panel: ClassVar = [
        {"id": "since", "label": "Since", "control": mark_safe('<input id="since" type="date">')}
    ]
    bar: ClassVar = [
        ("Draft", 6, "", "#"),
        ("Submitted", 9, "is-placed", "#"),
        ("Accepted", 5, "is-taken", "#"),
        ("Provisioning", 8, "is-live", "#"),
        ("Completed", 13, "is-ok", "#"),
        ("Failed", 1, "is-bad", "#"),
    ]
    how: ClassVar = [
        ("Write", "Choose products and the term. You see prices and credit as you go."),
        ("Send customer confirmation", "A contact gets a link, reads the terms, and accepts."),
        ("Progress quote", "One click turns the accepted quote into an order."),
    ]


def entries(now: dt.datetime) -> list[dict[str, object]]:
    """Return three lines of a timeline."""
    day = dt.timedelta(days=1)
    return [
        {"tone": "is-ok", "label": "Q-1187", "url": "#", "text": "was accepted.", "at": now},
        {"tone": "is-bad", "text": "An e-mail was not delivered.", "at": now - day},
        {"text": "Credit limit changed.", "at": now - 2 * day, "by": "Sofia Ek"},
    ]


@needs()
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the components; nothing is read or written."""
    wrong = SampleForm({"name": "Havsbris", "number": "12", "email": "faktura@", "type": "normal"})
    context = {
        "form": SampleForm(),
        "wrong": wrong,
        "formset": RowFormSet(prefix="rows"),
        "listing": SampleListing(),
        "page": Paginator(range(64), 7).page(4),
        "picker": SamplePicker(),
        "samples": Samples,
        "entries": entries(timezone.now()),
        "limit": Decimal("40000"),
        "used": Decimal("24310"),
        "order": Decimal("9476"),
        "too_much": Decimal("19476"),
    }
    return render(request, "styleguide/index.html", context)
