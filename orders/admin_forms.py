"""The forms of channel sales' actions on an order."""

from __future__ import annotations

from typing import Any, Unpack
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.goods import is_goods
from orders.models import Order, OrderLine, PortedBlock
from orders.seen import Seen, seen_of
from orders.services.fulfilment import Delivery
from orders.services.porting import PortingNews
from orders.services.recreating import draft_refused
from orders.wording import done_label, line_words
from portal.catalog.models import RatePlan
from portal.core.admin_actions import Fieldsets, ObjectActionForm
from portal.core.forms import ActionFormOptions, FormData
from portal.files.forms import FilesField


class SeenForm(ObjectActionForm):
    """Base form of an act on an order: it carries what was seen of the order (CHAN-12)."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["seen"].initial = seen_of(self.obj).sealed()

    def clean_seen(self) -> Seen:
        return Seen.unsealed(self.cleaned_data["seen"])


class ReasonForm(SeenForm):
    """A reason, which the partner reads in the e-mail and on the order's page."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=2000,
        error_messages={"required": gettext_lazy("Enter a reason.")},
        help_text=gettext_lazy("The partner reads it in the e-mail and on the order's page."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )


class CancelForm(ReasonForm):
    """The reason of a cancellation; if the partner asked for it, the partner's reason is used.

    It carries whether a draft for another customer could be made when the page was shown (ORD-54).
    """

    draft = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        order: Order = self.obj
        if order.has_open_request and order.cancel_asked_text:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = _("Empty: the reason that the partner gave.")
        self.fields["draft"].initial = self._draft_now()

    def _draft_now(self) -> str:
        return "no" if draft_refused(self.obj) else "yes"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        now = self._draft_now()
        if self.obj.cancel_asked_for is not None and data.get("draft") != now:
            self.data = {**dict(self.data.items()), "draft": now}
            self.add_error(None, _("What becomes of the draft has changed. Read it, then confirm."))
        return data


class MessageForm(ObjectActionForm):
    """A message to the partner, with files."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=10_000,
        required=False,
        help_text=gettext_lazy("The partner's people read it; the customer never does."),
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
    )
    uploads = FilesField()


class PlanForm(ObjectActionForm):
    """Another rate plan for a customer."""

    rate_plan = forms.ModelChoiceField(
        label=gettext_lazy("Rate plan"),
        queryset=RatePlan.objects.order_by("position", "id"),
        empty_label=None,
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["rate_plan"].initial = self.obj.rate_plan_id


class PortingForm(SeenForm):
    """How far the porting of each block of numbers is (ORD-58)."""

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.blocks: list[PortedBlock] = list(self.obj.ported_blocks.order_by("first"))
        for block in self.blocks:
            self.fields[f"state_{block.pk}"] = forms.ChoiceField(
                label=_("State"), choices=PortedBlock.State.choices, initial=block.state
            )
            self.fields[f"on_{block.pk}"] = forms.DateField(
                label=_("Date"),
                required=False,
                initial=block.on,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            )
            self.fields[f"note_{block.pk}"] = forms.CharField(
                label=_("Note"),
                required=False,
                max_length=200,
                initial=block.note,
                help_text=_("The partner reads it."),
                widget=forms.TextInput(attrs={"class": "vTextField"}),
            )

    def fieldsets(self) -> Fieldsets:
        """Return a group for each block."""
        return [
            (block.text, {"fields": [f"{name}_{block.pk}" for name in ("state", "on", "note")]})
            for block in self.blocks
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["news"] = {
                block.pk: PortingNews(
                    data[f"state_{block.pk}"], data[f"on_{block.pk}"], data[f"note_{block.pk}"]
                )
                for block in self.blocks
            }
        return data


def open_lines(order: Order) -> list[OrderLine]:
    """Return the lines that are still to be delivered, changed or ended."""
    lines = order.lines.select_related("product", "service").order_by("position")
    return [line for line in lines if not line.is_over]


def tracking_field(line: OrderLine) -> forms.CharField:
    """Return the field for the tracking number of goods."""
    return forms.CharField(
        label=_("Tracking number"),
        required=False,
        max_length=80,
        initial=line.tracking,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class PlanDeliveryForm(SeenForm):
    """When the order is expected to be delivered, and the tracking numbers of goods (ORD-66)."""

    expected_on = forms.DateField(
        label=gettext_lazy("Expected on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        order: Order = self.obj
        self.fields["expected_on"].initial = order.expected_on
        self.lines = [line for line in open_lines(order) if is_goods(line)]
        for line in self.lines:
            field = tracking_field(line)
            field.label = f"{line_words(order, line)}: {field.label}"
            self.fields[f"track_{line.pk}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        sent = {line.pk: data.get(f"track_{line.pk}") for line in self.lines}
        data["tracking"] = {key: text for key, text in sent.items() if text is not None}
        return data


class CompleteForm(SeenForm):
    """The date of delivery, and the identifiers of each line."""

    delivered_on = forms.DateField(
        label=gettext_lazy("Date of delivery"),
        help_text=gettext_lazy("Billing starts on this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    vendor_reference = forms.CharField(
        label=gettext_lazy("Vendor's reference"),
        max_length=80,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        order: Order = self.obj
        self.fields["delivered_on"].initial = timezone.localdate()
        self._name_day(order)
        self.lines = open_lines(order)
        for line in self.lines:
            self.fields[f"ref_{line.pk}"] = forms.CharField(
                label=_("Reference"),
                required=False,
                max_length=80,
                widget=forms.TextInput(attrs={"class": "vTextField"}),
            )
            self.fields[f"ids_{line.pk}"] = forms.CharField(
                label=_("Identifiers"),
                required=False,
                max_length=2000,
                initial=line.service.identifiers if line.service is not None else "",
                help_text=_("Trunk, numbers, serial numbers or accounts, one a line."),
                widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            )
            if is_goods(line):
                self.fields[f"track_{line.pk}"] = tracking_field(line)

    def names_of(self, line: OrderLine) -> list[str]:
        """Return the names of the fields of a line."""
        names = [f"{name}_{line.pk}" for name in ("done", "ref", "ids", "track")]
        return [name for name in names if name in self.fields]

    def _name_day(self, order: Order) -> None:
        """Name the day by what the order does (ORD-50, ORD-51)."""
        names = {
            Order.Kind.CHANGE: (_("Day of the change"), _("It is billed from this day.")),
            Order.Kind.TERMINATE: (
                _("Day on which the services end"),
                _("They are billed up to the day before."),
            ),
        }
        if order.kind != Order.Kind.NEW:
            day_of_it = self.fields["delivered_on"]
            day_of_it.label, day_of_it.help_text = names[Order.Kind(order.kind)]

    def fieldsets(self) -> Fieldsets:
        """Return the order's fields first, then a group for each line."""
        groups: Fieldsets = [(None, {"fields": ["delivered_on", "vendor_reference"]})]
        groups += [(self._heading(line), {"fields": self.names_of(line)}) for line in self.lines]
        return groups

    def _heading(self, line: OrderLine) -> str:
        words = f"{line.position}. {line_words(self.obj, line)}"
        return _("%(line)s, ends") % {"line": words} if self.obj.ends_services else words

    def deliveries(self) -> dict[UUID, Delivery]:
        """Return what was entered for each line."""
        data = self.cleaned_data
        return {
            line.pk: Delivery(
                data[f"ref_{line.pk}"], data[f"ids_{line.pk}"], data.get(f"track_{line.pk}", "")
            )
            for line in self.lines
            if data.get(f"done_{line.pk}", True)
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            data["deliveries"] = self.deliveries()
        return data


class DeliverForm(CompleteForm):
    """The same for some of the lines: those that are ticked (ORD-66)."""

    def __init__(self, data: FormData = None, **options: Unpack[ActionFormOptions]) -> None:
        super().__init__(data, **options)
        self.fields["vendor_reference"].required = False
        self.fields["vendor_reference"].initial = self.obj.vendor_reference
        done = done_label(self.obj)
        for line in self.lines:
            self.fields[f"done_{line.pk}"] = forms.BooleanField(label=done, required=False)
