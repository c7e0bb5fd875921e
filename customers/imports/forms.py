"""Forms of an import: the file, the fields of its columns, and values that it lacks."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from customers.forms.custom import text_field
from customers.imports.default_fields import default_fields
from customers.imports.mapping import labels, own_columns, required
from customers.imports.tables import MAX_BYTES, Table
from customers.imports.values import CUSTOM, hidden_fields, parse_money
from customers.models import Customer, CustomerImport, CustomField
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.core.errors import RuleError
from portal.core.forms import FormData, FormOptions

EXAMPLES = 3
# Asked once for all rows, for cells that are empty or missing (DEC-41).
DEFAULTS = ("billing_email", "credit_limit", "rate_plan", "type", "language", "country")


class UploadForm(forms.Form):
    """The form that uploads a register."""

    file = forms.FileField(
        label=_("File"),
        max_length=300,
        help_text=_("CSV or Excel workbook (.xlsx); at most 5 MB, 10,000 rows and 50 columns."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB. Split it into several."))
        return file


class MappingForm(forms.Form):
    """The form with the field of each column, and values for what the file lacks."""

    def __init__(
        self,
        data: FormData = None,
        *,
        job: CustomerImport,
        table: Table,
        person: Membership,
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        self.job, self.table, self.person = job, table, person
        self.customs = list(CustomField.objects.live().in_order())
        self.own = own_columns(self.customs)
        self._labels = labels(self.own)
        choices = [("", _("Do not import")), *self._labels.items()]
        for place, header in enumerate(self._headers()):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=header,
                choices=choices,
                required=False,
                initial=job.mapping[place] if place < len(job.mapping) else "",
            )
        self._defaults()

    def _headers(self) -> list[str]:
        return [
            header or str(_("Column %(number)s") % {"number": place})
            for place, header in enumerate(self.table.headers, 1)
        ]

    def _defaults(self) -> None:
        partner = self.person.partner
        fields = default_fields(RatePlan._default_manager.order_by("position", "id"))
        initial = {
            "type": Customer.Type.NORMAL,
            "language": partner.language,
            "country": partner.country.code,
        }
        for name in DEFAULTS:
            field = fields[name]
            field.initial = self.job.defaults.get(name) or initial.get(name, "")
            self.fields[f"default_{name}"] = field
        for custom in self.customs:
            if custom.is_required:
                self.fields[f"default_{custom.name}"] = text_field(
                    custom, initial=self.job.defaults.get(custom.name, "")
                )

    @property
    def _default_names(self) -> list[str]:
        return [*DEFAULTS, *(custom.name for custom in self.customs if custom.is_required)]

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Return heading, examples and field of each column, for the template."""
        return [
            {
                "header": header,
                "examples": self._examples(place),
                "field": self[f"column_{place}"],
            }
            for place, header in enumerate(self._headers())
        ]

    def _examples(self, place: int) -> list[str]:
        """Return the first cells of a column, with personal numbers masked (D19)."""
        key, found = "".join(self.job.mapping[place : place + 1]), []
        for row in self.table.rows[:EXAMPLES]:
            said = dict(zip(self.job.mapping, row.cells, strict=False)).get("type")
            hidden = hidden_fields(said or self.job.defaults.get("type", ""))
            if cell := "".join(row.cells[place : place + 1]):
                found.append("••••" if key in hidden else cell[:60])
        return found

    @property
    def default_fields(self) -> list[Any]:
        """Return the fields for what the file lacks, for the template."""
        return [self[f"default_{name}"] for name in self._default_names]

    @property
    def mapping(self) -> list[str]:
        """Return the field of each column, in order."""
        return [self.cleaned_data[f"column_{place}"] for place in range(len(self.table.headers))]

    @property
    def defaults(self) -> dict[str, str]:
        """Return the values for empty cells."""
        found = {name: str(self.cleaned_data[f"default_{name}"]) for name in self._default_names}
        return {name: value for name, value in found.items() if value}

    def clean_default_credit_limit(self) -> str:
        text = str(self.cleaned_data["default_credit_limit"])
        if text:
            try:
                parse_money(text)
            except RuleError as error:
                raise forms.ValidationError(str(error)) from error
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        seen: dict[str, str] = {}
        for place, header in enumerate(self._headers()):
            key = data.get(f"column_{place}", "")
            if key and key in seen:
                message = _("%(field)s comes from the column %(column)s already.")
                told = {"field": self._labels[key], "column": seen[key]}
                self.add_error(f"column_{place}", forms.ValidationError(message, params=told))
            elif key:
                seen[key] = header
        for custom in self.customs:
            self._check_default(custom, data)
        for key in sorted(required(self.own), key=list(self._labels).index):
            name = f"default_{key}"
            if key not in seen and not data.get(name) and name not in self.errors:
                told = {"field": self._labels[key]}
                self.add_error(
                    name if name in self.fields else None,
                    forms.ValidationError(
                        _("Choose the column that holds: %(field)s."), params=told
                    ),
                )
        return data

    def _check_default(self, custom: CustomField, data: dict[str, Any]) -> None:
        """Report a value for empty cells that is not of the custom field's kind."""
        read, text = CUSTOM.get(CustomField.Kind(custom.kind)), data.get(f"default_{custom.name}")
        if read is None or not text:
            return
        try:
            read(text)
        except RuleError as error:
            self.add_error(f"default_{custom.name}", str(error))
