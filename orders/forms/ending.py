"""Step 3 of an order that ends services: the same, with a tick that says what ends (ORD-50)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Unpack

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.forms.steps import DetailsForm
from orders.models import Order, OrderLine
from orders.services.ending import Ending, ending_of
from orders.wording import lines_words
from portal.core.formats import day
from portal.core.forms import FormData, ModelFormOptions, held_value


class EndingForm(DetailsForm):
    """Details with the tick, which is needed to send the order and not to keep the draft.

    The tick names the services and the day; with another day it is asked for again.
    """

    ends = forms.BooleanField(
        help_text=gettext_lazy("What has ended can't be made active again, only ordered anew.")
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        earliest: date,
        lines: Sequence[OrderLine],
        sends: bool,
        **options: Unpack[ModelFormOptions],
    ) -> None:
        super().__init__(data, earliest=earliest, sends=sends, **options)
        self.lines = lines
        self.fields["ends"].required = sends
        self._name(self._day())

    def _day(self) -> date:
        try:
            held: date = held_value(self, "start_date")
        except forms.ValidationError:
            return self.earliest
        return held

    def _name(self, ends_on: date) -> None:
        """Let the tick, and the error without it, name the services and the day."""
        details = {
            "customer": self.instance.customer.label,
            "day": day(ends_on),
            "services": lines_words(self.instance, self.lines),
        }
        field = self.fields["ends"]
        field.label = _("These services of %(customer)s end on %(day)s: %(services)s") % details
        field.error_messages["required"] = (
            _("Tick that these services end on %(day)s: %(services)s") % details
        )
        self["ends"].label = field.label
        field.widget.attrs["value"] = ends_on.isoformat()
        # A tick for another day is none.
        if self.data.get("ends") != ends_on.isoformat():
            assert isinstance(field.widget, forms.CheckboxInput)
            field.widget.check_test = lambda value: False

    def ask_again(self) -> None:
        """Name what the order ends now, which is not what the tick that was sent named."""
        order = self.instance
        self.lines = list(order.lines.select_related("product").order_by("position"))
        self._name(self._day())
        tick = self.fields["ends"].widget
        assert isinstance(tick, forms.CheckboxInput)
        tick.check_test = lambda value: False

    def confirmed(self) -> Ending | None:
        """Return what the tick of a valid form named; None without it."""
        if not self.cleaned_data["ends"]:
            return None
        named = Order(kind=self.instance.kind, start_date=self.cleaned_data["start_date"])
        return ending_of(named, self.lines)

    def clean_ends(self) -> bool:
        ticked: bool = self.data.get("ends") == self.fields["ends"].widget.attrs["value"]
        if self.fields["ends"].required and not ticked:
            raise forms.ValidationError(self.fields["ends"].error_messages["required"])
        return ticked
