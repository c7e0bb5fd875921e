"""The check of every row of a file against the register's rules, all errors at once (REG-06).

A row is read by the form's own fields, and refused by the rules for creating a customer; names,
numbers and domains in use are looked up for all rows together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.utils.translation import gettext as _

from customers.imports.mapping import labels, own_columns
from customers.imports.reading import RowReader
from customers.imports.rows import MASK, Checked, Error
from customers.imports.tables import Row, Table
from customers.models import Customer, CustomField
from customers.services.refusals import broken_rules, find_holders, taken
from customers.services.rules import default_rate_plan, partner_settings
from customers.services.told_names import may_be_told
from portal.accounts.models import Membership
from portal.channel.services import NameTaken

Moved = Callable[[int], None]
EVERY = 500


class Checker:
    """A check of the rows of one file, for one person."""

    def __init__(
        self, table: Table, *, mapping: list[str], defaults: dict[str, str], person: Membership
    ) -> None:
        self._table = table
        self._person = person
        self._defaults = defaults
        self._places = {key: place for place, key in enumerate(mapping) if key}
        self.errors: list[Error] = []
        self.rows: list[Checked] = []
        self._settings = partner_settings()
        self._plan = default_rate_plan(self._settings)
        customs = list(CustomField.objects.live().in_order())
        self._labels = labels(own_columns(customs))
        self._reader = RowReader(person, self._plan, customs, self._say)

    def run(self, moved: Moved = lambda _done: None) -> None:
        """Fill ``rows`` and ``errors``; call ``moved`` with the number of rows checked so far."""
        for key in self._places:
            if key not in self._labels:
                # Retired since: its column must not be dropped without a message (DEC-44).
                reason = _("This custom field is gone. Choose what the column holds again.")
                self._say(1, key, "", reason)
        for done, row in enumerate(self._table.rows, 1):
            texts = self._texts(row)
            checked = self._reader.read(row.number, texts)
            self._check_rules(checked, texts["credit_limit"])
            self.rows.append(checked)
            if done % EVERY == 0:
                moved(done)
        self._check_taken()
        self.errors.sort(key=lambda error: (error.row, error.place))

    def _say(self, row: int, key: str, value: str, reason: object) -> None:
        place = self._places.get(key)
        headers = self._table.headers
        column = headers[place] if place is not None and place < len(headers) else ""
        column = column or str(self._labels.get(key, ""))
        if value and key == "personal_number":
            # Errors are stored and shown, which a personal number must not be (D19).
            value = MASK
        self.errors.append(
            Error(row, column, value, str(reason), len(headers) if place is None else place)
        )

    def _texts(self, row: Row) -> dict[str, str]:
        texts = {}
        for key in self._labels:
            place = self._places.get(key)
            text = row.cells[place] if place is not None and place < len(row.cells) else ""
            texts[key] = text or self._defaults.get(key, "")
        for text in row.cells[len(self._table.headers) :]:
            if text:
                self._say(row.number, "", text, _("This cell has no heading above it."))
                break
        return texts

    def _check_rules(self, row: Checked, limit: str) -> None:
        """Report what the register refuses of one row alone; missing values are reported before."""
        values = {
            name: row.values[name]
            for name in ("name", "number", "credit_limit", "rate_plan")
            if row.values[name] not in ("", None)
        }
        shown = {**row.values, "credit_limit": limit, "rate_plan": row.values["rate_plan"].name}
        for error in broken_rules(
            values, by=self._person, settings=self._settings, plan=self._plan
        ):
            assert error.field is not None
            self._say(row.row, error.field, str(shown[error.field]), error)

    def _doubles(self, key: str, keys: list[tuple[str, Checked]]) -> dict[str, Checked]:
        """Return the first row of each key, and report the others with its number."""
        first: dict[str, Checked] = {}
        for value, row in keys:
            if value in first:
                reason = _("Row %(row)s of this file has the same.") % {"row": first[value].row}
                shown = value if key == "domains" else str(row.values[key])
                self._say(row.row, key, shown, reason)
            else:
                first[value] = row
        return first

    def _told(self, names: Collection[str]) -> set[str]:
        """Return the names of other partners that may be told; say that there are more (REG-57).

        They count against the limit of the form, so that a file is no way around it.
        """
        told = may_be_told(self._person.user_id, sorted(names))
        if len(told) < len(names):
            reason = _(
                "More names of this file are in use. Set apart those that are listed; the next "
                "ones are listed in an hour."
            )
            self.errors.append(Error(0, str(self._labels["name"]), "", reason))
        return told

    def _check_taken(self) -> None:
        """Report what other rows, this register or other partners already use."""
        rows = self.rows
        numbers = self._doubles("number", [(r.number_key, r) for r in rows if r.number_key])
        # A name without letters or digits is refused already.
        seen = [(r.name_key, r) for r in rows if any(letter.isalnum() for letter in r.name_key)]
        names = self._doubles("name", seen)
        domains = self._doubles("domains", [(each, r) for r in rows for each in r.domains])
        holders = find_holders(names=names, numbers=numbers, domains=domains)
        held = Customer.objects.filter(name_key__in=holders.names)
        ours = dict(held.values_list("name_key", "number"))
        own_people = holders.own_people & domains.keys()
        found = [
            *(("number", numbers[key], numbers[key].values["number"]) for key in holders.numbers),
            *(("name", names[key], names[key].values["name"]) for key in holders.names),
            *(("domains", domains[each], each) for each in {*holders.domains, *own_people}),
        ]
        told = self._told(holders.names - ours.keys())
        for key, row, value in found:
            wanted = [value] if key == "domains" else value
            if key == "name" and row.name_key not in ours and row.name_key not in told:
                continue
            for error in taken({key: wanted}, holders=holders):
                reason: object = error
                if isinstance(error, NameTaken) and row.name_key in ours:
                    reason = _(
                        "This customer is in your register already, with number %(number)s."
                    ) % {"number": ours[row.name_key]}
                self._say(row.row, key, value, reason)
