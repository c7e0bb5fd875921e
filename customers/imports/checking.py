"""Every row of a file held against the rules of the form, all errors at once (REG-06).

What one row says is checked by the form's own fields; what needs the register, the file's other
rows or other partners' names is asked for all rows together.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from customers.domains import clean_domain
from customers.forms.contacts_and_sites import ContactForm
from customers.forms.custom import form_field
from customers.forms.register import CustomerForm, split_domains
from customers.imports.mapping import labels, own_columns
from customers.imports.parsing import Row, Table
from customers.imports.rows import Checked, Error
from customers.imports.values import CUSTOM, Words, parse_money
from customers.models import Customer, CustomerDomain, CustomField
from customers.numbers import clean_organisation_number, clean_personal_number
from customers.services.contacts_and_sites import own_people_domains
from customers.services.custom import in_words, stored
from customers.services.personal import encrypted
from customers.services.rules import (
    NumberLength,
    NumberPattern,
    default_rate_plan,
    fits_pattern,
    partner_settings,
)
from portal.accounts.models import Membership
from portal.catalog.models import RatePlan
from portal.channel.services import NameTaken, taken_names
from portal.core.errors import RuleError
from portal.core.formats import amount
from portal.core.sorting import search_key

Moved = Callable[[int], None]
# Fields that the form cleans alone.
_ALONE = (
    "number name street postal_code city region billing_email notes organisation_number"
).split()
_CONTACT = {
    "contact_first_name": "first_name",
    "contact_last_name": "last_name",
    "contact_job_title": "job_title",
    "contact_email": "email",
}
_SHEET_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#BEZUG!")
EVERY = 500
MASK = "••••"


class Checker:
    """Checks the rows of one file for one person."""

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
        self._fields = CustomerForm(person=person).fields
        self._contact_fields = ContactForm().fields
        self._words = Words()
        self._masked = {"personal_number"}
        self._customs = {
            each.name: (each, form_field(each)) for each in CustomField.objects.live().in_order()
        }
        self._labels = labels(own_columns(custom for custom, _form in self._customs.values()))

    def run(self, moved: Moved = lambda _done: None) -> None:
        """Fill ``rows`` and ``errors``; ``moved`` hears how many rows are through."""
        for key in self._places:
            if key not in self._labels:
                # Retired since: nothing may be left out in silence.
                reason = _("This custom field is gone. Choose what the column holds again.")
                self._say(1, key, "", reason)
        for done, row in enumerate(self._table.rows, 1):
            self._check(row)
            if done % EVERY == 0:
                moved(done)
        self._check_numbers()
        self._check_names()
        self._check_domains()
        self.errors.sort(key=lambda error: (error.row, error.place))

    def _say(self, row: int, key: str, value: str, reason: object) -> None:
        place = self._places.get(key)
        headers = self._table.headers
        column = headers[place] if place is not None and place < len(headers) else ""
        column = column or str(self._labels.get(key, ""))
        if value and key in self._masked:
            # Errors are kept and shown; a personal number is not (D19).
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

    def _check(self, row: Row) -> None:
        texts = self._texts(row)
        values: dict[str, Any] = {}
        for key, text in texts.items():
            if text.startswith(_SHEET_ERRORS):
                self._say(row.number, key, text, _("The spreadsheet shows an error here."))
                texts[key] = ""
        for key in _ALONE:
            values[key] = self._clean(self._fields[key], row.number, key, texts[key])
        values["number"] = " ".join(str(values["number"] or "").split())
        values["name"] = " ".join(str(values["name"] or "").split())
        self._look_up(row.number, texts, values)
        self._one_number(row.number, texts, values)
        self._credit(row.number, texts["credit_limit"], values)
        low, high = self._settings.number_min, self._settings.number_max
        if values["number"] and not low <= len(values["number"]) <= high:
            self._say(row.number, "number", values["number"], NumberLength(low, high))
        elif values["number"] and not fits_pattern(values["number"], self._settings):
            self._say(row.number, "number", values["number"], NumberPattern(self._settings))
        contact = self._contact(row.number, texts, values["country"])
        domains = self._domains(row.number, texts["domains"])
        keys = (search_key(values["name"]), search_key(values["number"]))
        for key, made, longest in zip(("name", "number"), keys, (800, 160), strict=True):
            if len(made) > longest:
                self._say(row.number, key, values[key], _("This is too long. Shorten it."))
        checked = Checked(row.number, values, contact, domains, *keys)
        self._custom(checked, texts)
        self.rows.append(checked)

    def _custom(self, row: Checked, texts: dict[str, str]) -> None:
        """The partner's own fields (REG-28), by the rules of the form."""
        found: dict[str, Any] = {}
        for name, (custom, form) in self._customs.items():
            value = self._custom_value(row.row, custom, form, texts[name])
            if value is not None:
                found[custom.key] = value
                row.custom[custom.label] = ["", in_words(value)]
        row.values["custom_values"] = found

    def _custom_value(self, row: int, custom: CustomField, form: Any, text: str) -> Any:
        read = CUSTOM.get(CustomField.Kind(custom.kind))
        if read is None or not text:
            return stored(custom, self._clean(form, row, custom.name, text))
        try:
            return stored(custom, read(text))
        except RuleError as error:
            self._say(row, custom.name, text, error)
            return None

    def _clean(self, form_field: Any, row: int, key: str, text: str) -> Any:
        try:
            return form_field.clean(text)
        except ValidationError as error:
            self._say(row, key, text, error.messages[0])
            return None

    def _look_up(self, row: int, texts: dict[str, str], values: dict[str, Any]) -> None:
        for key, find, reason in (
            ("type", self._words.type, _("Write Normal or Residential.")),
            ("language", self._words.language, _("Write English, German or Swedish.")),
            ("country", self._words.country, _("Write the country's name or its code, like SE.")),
            (
                "rate_plan",
                self._words.rate_plan,
                _("There is no rate plan of this name. There are: %(plans)s.")
                % {"plans": ", ".join(self._words.plan_names)},
            ),
            (
                "business_type",
                self._words.business_type,
                _("There is no business type of this name. There are: %(types)s.")
                % {"types": ", ".join(self._words.business_type_names)},
            ),
        ):
            text = texts[key]
            found = find(text) if text else None
            if text and found is None:
                self._say(row, key, text, reason)
            values[key] = found
        partner = self._person.partner
        values["type"] = values["type"] or Customer.Type.NORMAL
        values["language"] = values["language"] or partner.language
        values["country"] = values["country"] or partner.country.code
        values["rate_plan"] = values["rate_plan"] or self._plan

    def _one_number(self, row: int, texts: dict[str, str], values: dict[str, Any]) -> None:
        """Of a company its organisation number, of a person the personal one (REG-31); programs
        that have one column for both are understood."""
        organisation, personal = values["organisation_number"] or "", texts["personal_number"]
        values["organisation_number"] = ""
        if texts["type"] and self._words.type(texts["type"]) is None:
            # Told already; whose number it is nobody knows, so it is not repeated (D19).
            return
        if values["type"] == Customer.Type.RESIDENTIAL:
            key = "personal_number" if personal else "organisation_number"
            typed = personal or organisation
            self._number(row, key, typed, clean_personal_number, values)
            return
        if personal:
            reason = _("A company has an organisation number instead of a personal number.")
            self._say(row, "personal_number", personal, reason)
        self._number(row, "organisation_number", organisation, clean_organisation_number, values)

    def _number(
        self,
        row: int,
        key: str,
        typed: str,
        clean: Callable[[str, str], str],
        values: dict[str, Any],
    ) -> None:
        try:
            found = clean(typed, values["country"])
        except RuleError as error:
            personal = clean is clean_personal_number
            self._say(row, key, MASK if personal else typed, error)
            return
        if clean is clean_personal_number:
            values["personal_number_encrypted"] = encrypted(found)
        else:
            values["organisation_number"] = found

    def _credit(self, row: int, text: str, values: dict[str, Any]) -> None:
        values["credit_limit"] = None
        if not text:
            self._say(row, "credit_limit", "", _("Enter a credit limit."))
            return
        try:
            limit = parse_money(text)
        except RuleError as error:
            self._say(row, "credit_limit", text, error)
            return
        values["credit_limit"] = limit
        self._credit_right(row, text, limit, values["rate_plan"])

    def _credit_right(self, row: int, text: str, limit: Decimal, plan: RatePlan) -> None:
        """D23, as for a single customer."""
        if self._person.may("set_credit"):
            return
        allowed = self._settings.sales_credit_limit
        if limit > allowed:
            reason = _(
                "You may give a credit limit of at most %(limit)s. Ask an administrator for more."
            ) % {"limit": amount(allowed)}
            self._say(row, "credit_limit", text, reason)
        if plan.pk != self._plan.pk:
            self._say(
                row,
                "rate_plan",
                plan.name,
                _("Only an administrator can choose another rate plan."),
            )

    def _contact(self, row: int, texts: dict[str, str], country: str) -> dict[str, Any] | None:
        whole = " ".join(texts["contact_name"].split())
        if whole and not (texts["contact_first_name"] or texts["contact_last_name"]):
            first, _blank, last = whole.rpartition(" ")
            texts["contact_first_name"], texts["contact_last_name"] = first, last
        named = texts["contact_first_name"] or texts["contact_last_name"]
        if not named:
            # A telephone or e-mail without a name is the company's.
            return None
        values: dict[str, Any] = {}
        for key, name in _CONTACT.items():
            value = self._clean(self._contact_fields[name], row, key, texts[key])
            values[name] = "" if value is None else value
            if name.endswith(("name", "title")):
                values[name] = " ".join(str(values[name]).split())
        values["phone"] = self._phone(row, texts["contact_phone"], country)
        return values

    def _phone(self, row: int, text: str, country: str) -> Any:
        """A telephone number; without +46 it is one of the customer's country."""
        if not text:
            return ""
        try:
            phone = PhoneNumber.from_string(text, region=country)
        except NumberParseException:
            phone = None
        if phone is None or not phone.is_valid():
            invalid = self._contact_fields["phone"].error_messages["invalid"]
            self._say(row, "contact_phone", text, invalid)
        return phone

    def _domains(self, row: int, text: str) -> list[str]:
        found: list[str] = []
        for part in split_domains(text):
            address = part.lower().removeprefix("https://").removeprefix("http://")
            bare = address.partition("/")[0].removeprefix("www.")
            try:
                domain = clean_domain(bare)
            except RuleError as error:
                self._say(row, "domains", part, error)
            else:
                if domain not in found:
                    found.append(domain)
        return found

    def _doubles(self, key: str, keys: list[tuple[str, Checked]]) -> dict[str, Checked]:
        """The first row of each key; the others are told which that is."""
        first: dict[str, Checked] = {}
        for value, row in keys:
            if value in first:
                reason = _("Row %(row)s of this file has the same.") % {"row": first[value].row}
                shown = value if key == "domains" else str(row.values[key])
                self._say(row.row, key, shown, reason)
            else:
                first[value] = row
        return first

    def _check_numbers(self) -> None:
        keys = [(row.number_key, row) for row in self.rows if row.number_key]
        first = self._doubles("number", keys)
        held = Customer.objects.filter(number_key__in=list(first)).values_list("number_key", "name")
        for key, name in held:
            row = first[key]
            number = row.values["number"]
            reason = _("Customer number %(number)s is already used by %(name)s.") % {
                "number": number,
                "name": name,
            }
            self._say(row.row, "number", number, reason)

    def _check_names(self) -> None:
        keys = []
        for row in self.rows:
            if not row.values["name"]:
                continue
            if any(letter.isalnum() for letter in row.name_key):
                keys.append((row.name_key, row))
            else:
                self._say(row.row, "name", row.values["name"], _("Enter the customer's name."))
        first = self._doubles("name", keys)
        taken = taken_names(list(first))
        ours = dict(Customer.objects.filter(name_key__in=taken).values_list("name_key", "number"))
        for key in taken:
            row = first[key]
            reason: object = NameTaken()
            if key in ours:
                reason = _("This customer is in your register already, with number %(number)s.") % {
                    "number": ours[key]
                }
            self._say(row.row, "name", row.values["name"], reason)

    def _check_domains(self) -> None:
        keys = [(domain, row) for row in self.rows for domain in row.domains]
        first = self._doubles("domains", keys)
        held = CustomerDomain.objects.filter(domain__in=list(first)).select_related("customer")
        for taken in held:
            reason = _("%(domain)s is already a domain of %(name)s.") % {
                "domain": taken.domain,
                "name": taken.customer.label,
            }
            self._say(first[taken.domain].row, "domains", taken.domain, reason)
        for domain in own_people_domains() & first.keys():
            reason = _("%(domain)s is the domain of your own people. It can't be a customer's.")
            self._say(first[domain].row, "domains", domain, reason % {"domain": domain})
