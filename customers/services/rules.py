"""What the register refuses, and the partner's settings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import (
    Contact,
    Customer,
    PartnerSettings,
)
from portal.catalog.models import RatePlan
from portal.core.errors import RuleError, StaleError
from portal.history.log import changed_meanwhile


class NumberTaken(RuleError):
    """Refuse a customer number that another customer of the partner has (REG-02)."""

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            _("Customer number %(number)s is already used by %(name)s.")
            % {"number": number, "name": name},
            field="number",
        )


class NameIsOwn(RuleError):
    """Refuse a name that another customer of the partner has (REG-41)."""

    def __init__(self, customer: Customer) -> None:
        super().__init__(
            _("You have a customer of this name: %(customer)s.") % {"customer": customer.label},
            field="name",
        )


class ContactExists(RuleError):
    """Refuse a second contact with the same e-mail address at one customer (REG-39)."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        super().__init__(
            _("%(name)s of this customer has this e-mail address already.")
            % {"name": contact.full_name},
            field="email",
        )


class NameTwice(RuleError):
    """Refuse a contact that can't be told apart from another one at the customer (REG-42)."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        super().__init__(
            _(
                "There is another %(name)s at this customer. Enter a job title or choose a role "
                "that tells the two apart."
            )
            % {"name": contact.full_name},
            field="job_title",
        )


class NumberLength(RuleError):
    """Refuse a customer number that is shorter or longer than the settings say (REG-05)."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__(
            _("Customer number must be %(low)s to %(high)s characters.")
            % {"low": low, "high": high},
            field="number",
        )


class NumberPattern(RuleError):
    """Refuse a customer number that does not fit the settings' beginning and pattern (REG-05)."""

    def __init__(self, settings: PartnerSettings) -> None:
        prefix = settings.number_prefix
        sentence = {
            PartnerSettings.Pattern.DIGITS: _("Customer number must consist of digits only."),
            PartnerSettings.Pattern.ALPHANUMERIC: _(
                "Customer number must consist of letters and digits only."
            ),
        }.get(PartnerSettings.Pattern(settings.number_pattern), "")
        if prefix:
            after = {
                PartnerSettings.Pattern.DIGITS: _(
                    "Customer number must begin with %s, followed by digits only."
                ),
                PartnerSettings.Pattern.ALPHANUMERIC: _(
                    "Customer number must begin with %s, followed by letters and digits only."
                ),
            }.get(
                PartnerSettings.Pattern(settings.number_pattern),
                _("Customer number must begin with %s."),
            )
            sentence = after % prefix
        super().__init__(sentence, field="number")


class NoRatePlan(RuleError):
    """Refuse a new customer while there is no rate plan to price by (ACC-12)."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("No rate plan is available. Ask Channel Sales."), field="rate_plan"
        )


class OwnCompanyExists(RuleError):
    """Refuse a second own-company customer (ORD-11)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Your own-company customer already exists."))


class OwnCompanyStays(RuleError):
    """Refuse to delete or deactivate the own-company customer (ORD-09)."""

    def __init__(self) -> None:
        super().__init__(gettext_lazy("The own-company customer cannot be deleted."))


class Stale(StaleError):
    """Refuse to overwrite what somebody else saved since; ``current`` is theirs (REG-35)."""

    def __init__(self, current: models.Model, *, at: datetime) -> None:
        super().__init__(changed_meanwhile(current, at=at))
        self.current = current


class StaleCustomer(Stale):
    """Refuse to overwrite somebody else's change of a customer (REG-35)."""


def partner_settings() -> PartnerSettings:
    """Return the partner's settings; the first call creates them with the defaults."""
    settings = PartnerSettings.objects.select_related("default_rate_plan").first()
    if settings is None:
        settings, _made = PartnerSettings.objects.get_or_create(singleton=True)
    return settings


def default_rate_plan(settings: PartnerSettings | None = None) -> RatePlan:
    """Return the rate plan of a customer created without choosing one (ACC-12, ACC-13).

    Raise NoRatePlan if the catalogue has none.
    """
    plan = (settings or partner_settings()).default_rate_plan or RatePlan.first()
    if plan is None:
        raise NoRatePlan
    return plan


def fits_pattern(number: str, settings: PartnerSettings) -> bool:
    """Return whether a number has the beginning and the characters of the settings (REG-05)."""
    if not number.startswith(settings.number_prefix):
        return False
    rest = number.removeprefix(settings.number_prefix)
    pattern = settings.number_pattern
    if pattern == PartnerSettings.Pattern.DIGITS:
        return rest.isascii() and rest.isdigit()
    return bool(rest) and (pattern != PartnerSettings.Pattern.ALPHANUMERIC or rest.isalnum())


def suggest_number(settings: PartnerSettings | None = None) -> str:
    """Return the next free customer number, or an empty text if there is none.

    It is one more than the highest number that consists of the settings' beginning and digits. If
    that is too long, it is the first gap.
    """
    settings = settings or partner_settings()
    prefix = settings.number_prefix
    digits = Customer.objects.annotate(
        rest=models.functions.Substr("number", len(prefix) + 1)
    ).filter(number__startswith=prefix, rest__regex=r"^[0-9]{1,15}$")
    as_number = digits.annotate(value=models.functions.Cast("rest", models.BigIntegerField()))
    highest = as_number.aggregate(models.Max("value"))["value__max"]
    room = settings.number_max - len(prefix)
    low = min(max(settings.number_min - len(prefix), 5), room)
    start = 10 ** (low - 1) + 1
    wanted = str((highest or start - 1) + 1)
    # A number below the shortest length is filled with leading zeros.
    wanted = wanted.rjust(settings.number_min - len(prefix), "0")
    if len(wanted) <= room:
        return prefix + wanted
    taken = set(as_number.values_list("value", flat=True))
    for value in range(start, 10**room):
        if value not in taken:
            return f"{prefix}{value}"
    return ""


class SettingsFields(TypedDict, total=False):
    """The settings that a partner's administrator can change."""

    number_min: int
    number_max: int
    number_pattern: str
    number_prefix: str
    uses_builtin_billing: bool
    default_rate_plan: RatePlan | None
    sales_credit_limit: Decimal
    assignee_in_reference: bool


@transaction.atomic
def change_settings(
    settings: PartnerSettings,
    *,
    at: datetime | None = None,
    version: int | None = None,
    **fields: Unpack[SettingsFields],
) -> PartnerSettings:
    """Change the partner's settings (REG-05, ACC-13, D23); existing numbers stay valid.

    ``version`` is the one that the form was filled from, ``at`` the time of the save. Raise Stale
    if somebody saved in between (REG-35).
    """
    current = PartnerSettings.objects.select_for_update().get(pk=settings.pk)
    if version is not None and at is not None and current.version != version:
        raise Stale(current, at=at)
    for name, value in fields.items():
        setattr(current, name, value)
    current.version += 1
    current.save()
    return current
