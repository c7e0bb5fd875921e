"""The export for the partner's accounting program (REG-30, ACC-23)."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any, Unpack

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from customers.services import partner_settings
from orders import accounting
from portal.accounts.access import PartnerRequest, needs
from portal.accounts.models import Membership
from portal.core.form_rendering import DateInput
from portal.core.forms import FormData, FormOptions
from portal.core.spreadsheets import csv_cell
from portal.tenancy.context import local_day

LONGEST = timedelta(days=732)


class AccountingForm(forms.Form):
    """What to export, in which format, and for which days."""

    what = forms.ChoiceField(label=_("What"))
    format = forms.ChoiceField(label=_("Format"), choices=[("csv", "CSV"), ("json", "JSON")])
    start = forms.DateField(label=_("From"), widget=DateInput(), required=False)
    end = forms.DateField(label=_("To"), widget=DateInput(), required=False)
    marks_optional = False

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        choices = [("customers", _("Customers"))]
        if person.may("view_order"):
            choices.append(("orders", _("Orders")))
            if person.may("view_prices"):
                choices.append(("charges", _("Charges")))
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = choices
        first = local_day(timezone.now()).replace(day=1)
        before = first - timedelta(days=1)
        self.fields["start"].initial = before.replace(day=1)
        self.fields["end"].initial = before
        self.fields["start"].help_text = str(
            _("For orders and charges; all customers are included.")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if data.get("what") in ("orders", "charges"):
            for name in ("start", "end"):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, _("Enter a date."))
        if start and end and end < start:
            self.add_error("end", _("The last day can't be before the first."))
        elif start and end and (end - start > LONGEST or not 2000 <= start.year <= 2100):
            self.add_error("end", _("Choose at most two years."))
        return data


def _records(person: Membership, data: dict[str, Any]) -> list[accounting.Record]:
    start: date
    if data["what"] == "customers":
        return accounting.customer_records(person)
    start, end = data["start"], data["end"]
    if data["what"] == "orders":
        return accounting.order_records(person, start=start, end=end)
    return accounting.charge_records(person, start=start, end=end)


def _csv(records: list[accounting.Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    if records:
        writer.writerow(records[0])
    for record in records:
        cells = (
            {True: "1", False: "0"}.get(v, v) if isinstance(v, bool) else v for v in record.values()
        )
        writer.writerow([csv_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def _json(request: PartnerRequest, data: dict[str, Any], records: list[accounting.Record]) -> bytes:
    period = data["what"] != "customers"
    document = {
        "Format": "kontor-accounting/1",
        "Partner": request.partner.name,
        "Created": timezone.now().isoformat(timespec="seconds"),
        "From": data["start"].isoformat() if period else None,
        "To": data["end"].isoformat() if period else None,
        data["what"].capitalize(): records,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


@needs("export_customer")
@require_safe
def export(request: PartnerRequest) -> HttpResponse:
    """Show the export form; with parameters in the address, return the file."""
    asked = "what" in request.GET
    form = AccountingForm(request.GET if asked else None, person=request.membership)
    if asked and form.is_valid():
        data = form.cleaned_data
        records = _records(request.membership, data)
        kind = data["format"]
        content = _csv(records) if kind == "csv" else _json(request, data, records)
        media = "text/csv" if kind == "csv" else "application/json"
        response = HttpResponse(content, content_type=f"{media}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{data["what"]}.{kind}"'
        response["Cache-Control"] = "no-store"
        return response
    context = {"form": form, "in_reference": partner_settings().assignee_in_reference}
    return render(request, "orders/accounting.html", context)
