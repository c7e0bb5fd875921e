"""What a new portal needs before its first partner, from a file (AVAIL-20).

The first member of channel sales, rate plans, products with prices, terms and business types. What
is there already is left as it is, so that a file can be read again, also after the admin changed
what it made.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.urls import reverse

from portal.accounts.models import User
from portal.catalog.models import BusinessType, Price, Product, RatePlan, TermsVersion
from portal.core.errors import RuleError
from portal.outbox.rendering import public_url
from portal.tenancy.context import in_public

Table = Mapping[str, object]


@dataclass(frozen=True)
class Section:
    """A list of tables of the file: its model, what tells its rows apart, and its other fields."""

    name: str
    model: type[models.Model]
    keys: tuple[str, ...]
    fields: tuple[str, ...]


PRODUCT_FIELDS = (
    "family part name name_de name_sv description description_de description_sv chargeable "
    "available_to_residential orderable rental minimum maximum position"
)
SECTIONS = (
    Section("rate_plans", RatePlan, ("name",), ("position", "is_master")),
    Section("business_types", BusinessType, ("name",), ("name_de", "name_sv", "position")),
    Section("terms", TermsVersion, ("language", "version"), ("title", "text")),
    Section("products", Product, ("sku",), tuple(PRODUCT_FIELDS.split())),
)
PRICES = Section(
    "prices",
    Price,
    ("rate_plan", "currency", "valid_from"),
    ("one_off", "monthly"),
)
# Lists within a product's table.
INNER = ("prices", "needs")


@dataclass
class Done:
    """What was made and what was there, by section; and where the first person sets a password."""

    made: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    link: str = ""

    def note(self, section: str, *, made: bool) -> None:
        counts = self.made if made else self.kept
        counts[section] = counts.get(section, 0) + 1


def bootstrap(text: str, *, at: dt.datetime) -> Done:
    """Make what the file names and is not there yet, all of it or nothing.

    Raise RuleError, with the place in the file, for what is wrong in it.
    """
    try:
        data: Table = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(f"This is not TOML: {error}.") from error
    _check_names("the file", data, {"staff", *(section.name for section in SECTIONS)})
    done = Done()
    with in_public(), transaction.atomic():
        for section in SECTIONS:
            for place, table in _tables(data, section.name):
                _make_row(section, place, table, done, at=at)
        for place, table in _tables(data, "products"):
            _relate(place, table, done)
        _make_staff(data, done)
    return done


def _tables(data: Table, name: str) -> Iterator[tuple[str, Table]]:
    """Yield the tables of a list with their places in words."""
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RuleError(f"{name}: write each as [[{name}]].")
    for number, table in enumerate(cast("list[Table]", found), 1):
        told = table.get("sku") or table.get("name") or table.get("version") or ""
        yield f"{name}, number {number} {told}".rstrip(), table


def _check_names(place: str, table: Table, known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise RuleError(f"{place}: {', '.join(unknown)}: unknown; {', '.join(sorted(known))}.")


def _make_row(
    section: Section, place: str, table: Table, done: Done, *, at: dt.datetime
) -> models.Model:
    """Return the row of a table, which is made unless one with its keys is there."""
    inner = INNER if section.model is Product else ()
    _check_names(place, table, {*section.keys, *section.fields, *inner})
    missing = [key for key in section.keys if key not in table]
    if missing:
        raise RuleError(f"{place}: {', '.join(missing)}: missing.")
    values = {name: value for name, value in table.items() if name not in inner}
    if section.model is Product:
        values["family_id"] = values.pop("family", "")
    if section.model is TermsVersion:
        values["published_at"] = at
    return _row(section, place, values, done)


def _row(section: Section, place: str, values: dict[str, object], done: Done) -> models.Model:
    keys = [name for name in ("product", *section.keys) if name in values]
    try:
        row = section.model(**values)
        same = section.model._default_manager.filter(**{name: getattr(row, name) for name in keys})
        found = same.first()
        if found is None:
            row.full_clean()
            row.save(force_insert=True)
    except ValidationError as error:
        told = [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
        raise RuleError(f"{place}: {'; '.join(told)}") from error
    except (TypeError, ValueError) as error:
        raise RuleError(f"{place}: {error}.") from error
    done.note(section.name, made=found is None)
    return found or row


def _relate(place: str, table: Table, done: Done) -> None:
    """Make a product's prices, and say what it needs, if it names any."""
    product = Product.objects.get(sku=table["sku"])
    for at_price, price in _tables(table, "prices"):
        where = f"{place}, {at_price}"
        _check_names(where, price, {*PRICES.keys, *PRICES.fields})
        missing = {*PRICES.keys, *PRICES.fields} - set(price)
        if missing:
            raise RuleError(f"{where}: {', '.join(sorted(missing))}: missing.")
        plan = RatePlan._default_manager.filter(name=price["rate_plan"]).first()
        if plan is None:
            raise RuleError(f"{where}: rate_plan: there is none of this name.")
        _row(PRICES, where, {**price, "rate_plan": plan, "product": product}, done)
    wanted = table.get("needs", [])
    needed = Product.objects.filter(sku__in=wanted) if isinstance(wanted, list) else None
    if needed is None or len(needed) != len(set(cast("list[str]", wanted))):
        raise RuleError(f"{place}: needs: a list of SKUs of this file or the catalogue.")
    if not product.needs.exists():
        product.needs.set(needed)


def _make_staff(data: Table, done: Done) -> None:
    """Make the first member of channel sales, with every right and no password yet (CHAN-31)."""
    table = data.get("staff")
    if table is None:
        return
    known = {"name", "email", "language"}
    if not isinstance(table, dict) or set(table) - known or not {"name", "email"} <= set(table):
        raise RuleError("staff: write one [staff] with name, email and language.")
    email = str(table["email"]).strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        try:
            validate_email(email)
            user = User(
                email=email, name=str(table["name"]), language=str(table.get("language", "en"))
            )
            user.full_clean(exclude=["password"])
        except ValidationError as error:
            raise RuleError(f"staff: {' '.join(error.messages)}") from error
        user = User.objects.create_superuser(email, None, name=user.name, language=user.language)
        done.note("staff", made=True)
    elif user.is_staff:
        done.note("staff", made=False)
    else:
        raise RuleError("staff: this address is a partner's person; use another one.")
    if not user.has_usable_password():
        done.link = _password_link(user)


def _password_link(user: User) -> str:
    """Return the address on the public host where somebody sets their first password."""
    path = reverse(
        "account_reset_password_from_key",
        urlconf="portal.urls_public",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    return public_url(path)
