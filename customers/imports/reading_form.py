"""The form of how a file is read: sheet, encoding, row of the headings; and its first rows."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.imports.encodings import ENCODINGS
from customers.imports.mapping import guess
from customers.imports.rows import MASK
from customers.imports.tables import CSV, Reading, Row, Table
from customers.imports.values import hidden_fields
from customers.models import CustomerImport
from portal.core.forms import FormData, FormOptions


class ReadingForm(forms.Form):
    """How the file is read: the sheet, the encoding, the row of the headings (REG-56)."""

    # Each has a value from the start.
    marks_optional = False

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        help_text=_("Choose another one if letters look wrong below."),
    )
    heading = forms.ChoiceField(label=_("The headings are in"), required=False)

    def __init__(
        self,
        data: FormData = None,
        *,
        job: CustomerImport,
        table: Table,
        **options: Unpack[FormOptions],
    ) -> None:
        options["initial"] = {
            "sheet": str(job.sheet),
            "encoding": table.encoding,
            "heading": str(table.heading),
        }
        super().__init__(data, **options)
        self.shown = table
        sheets = [(str(place), name) for place, name in enumerate(table.sheets)]
        self._offer("sheet", sheets if len(sheets) > 1 else [])
        self._offer("encoding", list(ENCODINGS.items()) if table.kind == CSV else [])
        rows = [(str(row.number), _row_words(row, table)) for row in table.top]
        self._offer("heading", [("0", _("No row: the file has no headings")), *rows])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if not choices:
            del self.fields[name]

    def reading(self) -> Reading:
        """Return what was chosen; another sheet has its headings found anew."""
        data = self.cleaned_data
        sheet = int(data.get("sheet") or 0)
        moved = sheet != int(self.initial["sheet"])
        heading = None if moved or not data.get("heading") else int(data["heading"])
        return Reading(heading, sheet, data.get("encoding") or "")


def first_rows(table: Table) -> dict[str, Any]:
    """Return headings and first rows as they are read, personal numbers masked (D19)."""
    return {
        "headings": table.headers,
        "rows": [_masked(row, table) for row in table.rows[:5]],
        "count": len(table.rows),
    }


def _masked(row: Row, table: Table) -> list[str]:
    """Return the cells of a row, with what its headings say are personal numbers masked."""
    keys = guess(table.headers)
    said = dict(zip(keys, row.cells, strict=False)).get("type", "")
    hidden = hidden_fields(said)
    keys += [""] * (len(row.cells) - len(keys))
    return [
        MASK if cell and key in hidden else cell[:60]
        for cell, key in zip(row.cells, keys, strict=False)
    ]


def _row_words(row: Row, table: Table) -> str:
    words = " · ".join(cell for cell in _masked(row, table) if cell)
    shown = f"{words[:70]} …" if len(words) > 70 else words
    return str(_("Row %(row)s: %(words)s") % {"row": row.number, "words": shown})
