"""The partner's acts on a registration: send, answer, withdraw."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import (
    Customer,
    CustomerRegistration,
    FamilyClearance,
    RegistrationFile,
    families_with_registration,
)
from customers.registrations.orders import keep_order
from customers.registrations.services.common import (
    AlreadyRegistered,
    NewCustomerFields,
    lock_registration,
    move,
    note,
    publish,
    tell_channel_sales,
)
from customers.registrations.services.refusals import registration_refusals
from portal.accounts.models import Membership
from portal.catalog.models import Family
from portal.core.errors import RuleError
from portal.files.content import safe_name
from portal.files.services import DOCUMENTS, read_upload


@transaction.atomic
def register_customer(
    *,
    family: str,
    customer: Customer | None,
    channels: int,
    by: Membership,
    at: datetime,
    remark: str = "",
    file: UploadedFile[Any] | None = None,
    from_order: bool = False,
    order_id: UUID | None = None,
    registration_id: UUID | None = None,
    **fields: Unpack[NewCustomerFields],
) -> CustomerRegistration:
    """Send a registration to channel sales: of ``customer``, or of a new one by its fields.

    ``registration_id`` comes from the form, so that the same form sent twice makes one. With
    ``from_order`` the order goes on after the approval; ``order_id`` is its draft, if there is one
    (CHAN-04). Raise AlreadyRegistered, FileRefused, and the first of ``registration_refusals``.
    """
    known = CustomerRegistration.objects.filter(pk=registration_id or uuid4()).first()
    if known is not None and known.created_by_id == by.pk:
        return known  # Sent twice: the first request made it.
    _check_family(family, customer)
    if customer is None:
        for error in registration_refusals(fields, by=by):
            raise error
    else:
        fields = {"name": customer.name, "number": customer.number}
    made = CustomerRegistration(
        id=registration_id if registration_id and known is None else uuid4(),
        family=family,
        customer=customer,
        makes_customer=customer is None,
        channels=channels,
        note=remark,
        from_order=from_order,
        order_id=order_id,
        created_by=by,
        created_at=at,
        changed_at=at,
        **fields,
    )
    _insert(made, at=at)
    if file is not None:
        _store(made, file)
    note(made, "registration_sent")
    publish(made)
    tell_channel_sales(made, at=at)
    return made


def _insert(made: CustomerRegistration, *, at: datetime) -> None:
    """Insert the row; raise AlreadyRegistered if another one was sent in the meantime."""
    keep_order(made, at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise _open_already(made) from error


def _check_family(family: str, customer: Customer | None) -> None:
    label = Family(family).label
    if family not in families_with_registration():
        raise RuleError(_("%(family)s needs no registration.") % {"family": label}, field="family")
    if customer is None:
        return
    if not customer.is_active:
        text = _('"%(customer)s" is inactive and cannot be ordered for.')
        raise RuleError(text % {"customer": customer.name}, field="customer")
    if FamilyClearance.objects.valid(family).filter(customer=customer).exists():
        text = _("%(customer)s is registered for %(family)s already. You can order.")
        raise AlreadyRegistered(
            text % {"customer": customer.label, "family": label}, field="customer"
        )


def _open_already(made: CustomerRegistration) -> RuleError:
    text = _("A registration of %(customer)s is open already.")
    return AlreadyRegistered(text % {"customer": made.customer_label}, field="customer")


def _store(registration: CustomerRegistration, upload: UploadedFile[Any]) -> None:
    """Store the file, in place of an earlier one; raise FileRefused."""
    content, kind = read_upload(upload, DOCUMENTS)
    RegistrationFile.objects.update_or_create(
        registration=registration,
        defaults={
            "name": safe_name(upload.name or "", kind),
            "kind": kind,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "content": content,
        },
    )


@transaction.atomic
def answer_registration(
    registration_id: UUID,
    *,
    version: int,
    answer: str,
    channels: int,
    remark: str,
    by: Membership,
    at: datetime,
    file: UploadedFile[Any] | None = None,
    **fields: Unpack[NewCustomerFields],
) -> CustomerRegistration:
    """Answer channel sales' question, with what was changed: NEEDS_INFO -> SUBMITTED (CHAN-03).

    Raise Stale, WrongState, FileRefused, and the first of ``registration_refusals``.
    """
    found = lock_registration(registration_id, version=version, at=at)
    move(found, "answer", at=at)
    if found.makes_customer:
        for error in registration_refusals(fields, by=by, before=found):
            raise error
        for name, value in fields.items():
            setattr(found, name, value)
    found.answer, found.channels, found.note = answer, channels, remark
    found.save()
    if file is not None:
        _store(found, file)
    note(found, "registration_answered", text=answer)
    publish(found)
    tell_channel_sales(found, at=at)
    return found


@transaction.atomic
def withdraw_registration(registration_id: UUID, *, version: int, at: datetime) -> None:
    """Withdraw an open registration; a waiting draft stays. Raise Stale, WrongState."""
    found = lock_registration(registration_id, version=version, at=at)
    move(found, "withdraw", at=at)
    found.save()
    note(found, "registration_withdrawn")
    publish(found)
