"""Services for custom fields: their definitions, and the values of customers (REG-28)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from customers.models import Customer, CustomField
from portal.core.errors import RuleError
from portal.history.services import record_changes

# Kinds that can be exchanged while a field is filled in (DEC-06).
_ALIKE = ({CustomField.Kind.TEXT, CustomField.Kind.CHOICE},)


class FieldInUse(RuleError):
    """Refuse to delete a field that is filled in: it is retired instead (REG-28)."""

    def __init__(self, field: CustomField, count: int) -> None:
        super().__init__(
            _(
                "%(field)s is filled in for %(count)s customers and cannot be deleted. "
                "Retire it instead: it stays where it is filled in."
            )
            % {"field": field.label, "count": count}
        )


class FieldLabelTaken(RuleError):
    """Refuse a name that another custom field has (REG-28)."""

    def __init__(self, label: str) -> None:
        super().__init__(_("There is a field named “%s” already.") % label, field="label")


class KindInUse(RuleError):
    """Refuse to change the kind of a field that is filled in (REG-28)."""

    def __init__(self) -> None:
        super().__init__(
            _("The field is filled in for customers. Only text and choice can be exchanged."),
            field="kind",
        )


def customers_with(field: CustomField) -> int:
    """Return how many customers have a value in a field."""
    return Customer.objects.filter(custom_values__has_key=field.key).count()


@transaction.atomic
def save_custom_field(field: CustomField) -> CustomField:
    """Add or change a field; a new one is the last. Raise FieldLabelTaken, KindInUse."""
    if field._state.adding:
        last = CustomField.objects.aggregate(Max("position"))["position__max"]
        field.position = (last or 0) + 1
    else:
        before = CustomField.objects.select_for_update().get(pk=field.pk)
        kinds = {before.kind, field.kind}
        if len(kinds) > 1 and kinds not in _ALIKE and customers_with(field):
            raise KindInUse
    if field.kind != CustomField.Kind.CHOICE:
        field.suggestions = []
    return _saved(field)


def _saved(field: CustomField) -> CustomField:
    try:
        with transaction.atomic():
            field.save()
    except IntegrityError as error:
        raise FieldLabelTaken(field.label) from error
    return field


@transaction.atomic
def retire_custom_field(field: CustomField, *, at: datetime) -> None:
    """Remove a field from new records; values that exist are kept and shown."""
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    if current.retired_at is None:
        current.retired_at = at
        current.save(update_fields=["retired_at"])


@transaction.atomic
def restore_custom_field(field: CustomField) -> None:
    """Bring a retired field back. Raise FieldLabelTaken if another field has its name now."""
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    current.retired_at = None
    _saved(current)


@transaction.atomic
def delete_custom_field(field: CustomField) -> None:
    """Delete a field in which no customer has a value. Raise FieldInUse otherwise."""
    current = CustomField.objects.select_for_update().get(pk=field.pk)
    count = customers_with(current)
    if count:
        raise FieldInUse(current, count)
    current.delete()


@transaction.atomic
def move_custom_field(field: CustomField, *, up: bool) -> None:
    """Swap a field with the one before or after it; at either end do nothing."""
    fields = list(CustomField.objects.select_for_update().live().in_order())
    here = next((place for place, each in enumerate(fields) if each.pk == field.pk), None)
    there = None if here is None else here + (-1 if up else 1)
    if here is None or there is None or not 0 <= there < len(fields):
        return
    fields[here], fields[there] = fields[there], fields[here]
    for place, each in enumerate(fields, 1):
        if each.position != place:
            each.position = place
            each.save(update_fields=["position"])


def stored(field: CustomField, value: Any) -> Any:
    """Return a clean value as ``Customer.custom_values`` stores it; None if it is empty.

    A typed choice that differs from a suggestion only in case is stored as the suggestion.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal | int | float):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    if field.kind == CustomField.Kind.CHOICE:
        alike = (each for each in field.suggestions if each.casefold() == text.casefold())
        return next(alike, text)
    return text or None


def put_custom_values(customer: Customer, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Set clean values, by the fields' keys, on a customer that is about to be saved.

    Fields without a value in ``values`` keep theirs. Return the changes, for
    :func:`log_custom_values`.
    """
    fields = {field.key: field for field in CustomField.objects.in_order()}
    changes: dict[str, list[str]] = {}
    after = dict(customer.custom_values)
    for key, value in values.items():
        field = fields.get(key)
        if field is None:
            continue
        old, new = after.pop(key, None), stored(field, value)
        if new is not None:
            after[key] = new
        if old != new:
            changes[field.label] = [in_words(old), in_words(new)]
    customer.custom_values = after
    return changes


def log_custom_values(customer: Customer, changes: Mapping[str, list[str]]) -> None:
    """Write one entry of the change log, with the old and new value of each field (REG-15)."""
    if changes:
        record_changes(customer, changes, customer_id=customer.pk)


def in_words(value: Any) -> str:
    """Return a stored value as the log and the customer's page show it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)
