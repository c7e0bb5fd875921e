"""Beginning an onboarding, its steps, and cancelling it (SM-ONBOARDING)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Onboarding
from customers.onboarding.flow import Kind, Step, flow_of, step_of, steps_of
from customers.onboarding.people import Row
from customers.onboarding.secrets import keep_secret
from customers.onboarding.services.people import apply_people
from customers.services import create_customer, delete_customer
from customers.services.rules import Stale
from portal.accounts.models import Membership
from portal.catalog.models import Platform
from portal.catalog.models.platforms import CUSTOMER, SUMMARY
from portal.core.errors import RuleError, WrongState
from portal.files.models import Attachment
from portal.files.services import FileRefused, store_file
from portal.history.services import record

# Of the customer's step, what later steps build upon: the others stay done if it is as before.
USED_LATER = ("country", "domains")
EMPTY_STAYS = timedelta(days=1)


class StepsMissing(RuleError):
    """Refuse to complete an onboarding with steps that are not done (SM-ONBOARDING)."""

    def __init__(self, titles: Iterable[str]) -> None:
        super().__init__(_("Not done yet: %(steps)s.") % {"steps": ", ".join(titles)})


def lock_open(onboarding_id: UUID, *, version: int | None, at: datetime) -> Onboarding:
    """Return an onboarding that is in progress, locked.

    Raise WrongState for a completed one, Stale if somebody saved since ``version`` (REG-35).
    """
    found = Onboarding.objects.select_for_update(of=("self",))
    onboarding = found.select_related("customer").get(pk=onboarding_id)
    if not onboarding.is_open:
        raise WrongState(_("This onboarding is completed and can't be changed any more."))
    if version is not None and onboarding.version != version:
        raise Stale(onboarding, at=at)
    return onboarding


def begin_onboarding(
    platform: Platform, *, customer: Customer | None, by: Membership, at: datetime
) -> Onboarding:
    """Begin an onboarding with the platform's steps as they are now (ONB-01, ONB-02).

    ``customer`` None is for a customer that the first step creates. Raise RuleError for an inactive
    customer, and where one of the customer is in progress already.
    """
    if customer is not None and not customer.is_active:
        raise RuleError(_("%(name)s is inactive. Reactivate it first.") % {"name": customer.label})
    # What was begun and left before anything was written down does not stay for ever.
    empty = Onboarding.objects.open().filter(customer=None, created_by=by, answers={})
    empty.filter(created_at__lt=at - EMPTY_STAYS).delete()
    onboarding = Onboarding(
        customer=customer,
        makes_customer=customer is None,
        platform=platform.code,
        flow=flow_of(platform),
        created_by=by,
        changed_by=by,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            onboarding.save(force_insert=True)
            _record(onboarding, "onboarding_begun")
    except IntegrityError as error:
        raise RuleError(_("This customer is being onboarded already.")) from error
    return onboarding


def _record(onboarding: Onboarding, verb: str, **details: str) -> None:
    record(
        onboarding,
        verb,
        customer_id=onboarding.customer_id,
        platform=onboarding.platform_name,
        **details,
    )


def _save(
    onboarding: Onboarding, step: str, *, goes_to: str, by: Membership, at: datetime
) -> Onboarding:
    onboarding.current = goes_to
    onboarding.changed_by = by
    onboarding.touch(at)
    onboarding.save()
    _record(onboarding, "onboarding_saved", step=step)
    return onboarding


def _keep(
    onboarding: Onboarding, step: str, answers: Mapping[str, Any], *, changed: bool, is_done: bool
) -> None:
    """Keep a step's answers; later ones become pending only if what they build on changed."""
    onboarding.answers = {**onboarding.answers, step: dict(answers)}
    done = [code for code in onboarding.done if code != step]
    if changed:
        later = onboarding.step_codes[onboarding.step_codes.index(step) + 1 :]
        done = [code for code in done if code not in later]
    onboarding.done = [*done, step] if is_done else done


def after(onboarding: Onboarding, step: str) -> str:
    """Return the place after a step: the next step, or the summary after the last (ONB-20)."""
    codes = [*onboarding.step_codes, SUMMARY]
    return codes[codes.index(step) + 1]


@transaction.atomic
def save_new_customer(
    onboarding_id: UUID,
    *,
    form: Mapping[str, Any],
    values: Mapping[str, Any] | None,
    admins: list[Row],
    support: list[Row],
    goes_to: str,
    version: int,
    by: Membership,
    at: datetime,
) -> Onboarding:
    """Save the step of a customer that does not exist yet.

    With ``values`` the customer is created, with its people; without, only what was typed is kept
    (ONB-20, ONB-22). Raise what ``create_customer`` and ``apply_people`` raise, and Stale.
    """
    onboarding = lock_open(onboarding_id, version=version, at=at)
    if onboarding.customer is not None:
        raise Stale(onboarding, at=at)
    answers: dict[str, Any] = {"form": dict(form)}
    onboarding.name = " ".join(str(form.get("name", "")).split())[:200]
    if values is not None:
        customer = create_customer(at=at, by=by, **values)
        apply_people(customer, admins=admins, support=support, at=at)
        onboarding.customer = customer
        answers = {}
    answers |= {"admins": _rows(admins), "support": _rows(support)}
    _keep(onboarding, CUSTOMER, answers, changed=True, is_done=values is not None)
    return _save(onboarding, CUSTOMER, goes_to=goes_to, by=by, at=at)


def _rows(rows: list[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


@transaction.atomic
def save_customer_step(
    onboarding_id: UUID,
    *,
    facts: Mapping[str, Any],
    admins: list[Row],
    support: list[Row],
    is_done: bool,
    goes_to: str,
    version: int,
    customer_version: int,
    by: Membership,
    at: datetime,
) -> Onboarding:
    """Save the step of a customer that the register has.

    The register itself is changed when the onboarding is completed, so that cancelling leaves it as
    it was (ONB-21). ``customer_version`` is the one of the register that the form was filled from.
    Raise WrongState, and Stale where the onboarding or the register was changed since (REG-35).
    """
    onboarding = lock_open(onboarding_id, version=version, at=at)
    assert onboarding.customer is not None
    if onboarding.customer.version != customer_version:
        raise Stale(onboarding.customer, at=at)
    kept = onboarding.answers.get(CUSTOMER, {})
    before = kept.get("facts", {})
    changed = bool(before) and any(before.get(name) != facts.get(name) for name in USED_LATER)
    answers = {
        "facts": dict(facts),
        "admins": _rows(admins),
        "support": _rows(support),
        # What the register had when this was written; see complete_onboarding.
        "customer_version": customer_version,
    }
    _keep(onboarding, CUSTOMER, answers, changed=changed, is_done=is_done)
    return _save(onboarding, CUSTOMER, goes_to=goes_to, by=by, at=at)


@transaction.atomic
def save_step(
    onboarding_id: UUID,
    step: Step,
    *,
    answers: Mapping[str, Any],
    secrets: Mapping[str, str],
    uploads: Mapping[str, UploadedFile[Any]],
    is_done: bool,
    goes_to: str,
    version: int,
    by: Membership,
    at: datetime,
) -> Onboarding:
    """Save a platform's step (ONB-20, ONB-22).

    Secrets and files that were sent before stay unless others came. Raise WrongState, Stale, and
    FileRefused at the field of a file.
    """
    onboarding = lock_open(onboarding_id, version=version, at=at)
    if onboarding.customer is None:
        raise StepsMissing([_("Customer")])
    kept = onboarding.answers.get(step.code, {})
    wanted = dict(answers)
    for field in step.fields:
        if field.kind == Kind.FILE:
            wanted[field.code] = _file(onboarding, field.code, uploads, kept, by=by, at=at)
    changed = bool(kept) and (bool(secrets) or kept != wanted)
    for code, text in secrets.items():
        keep_secret(onboarding, step.code, code, text)
    _keep(onboarding, step.code, wanted, changed=changed, is_done=is_done)
    return _save(onboarding, step.code, goes_to=goes_to, by=by, at=at)


def _file(
    onboarding: Onboarding,
    code: str,
    uploads: Mapping[str, UploadedFile[Any]],
    kept: Mapping[str, Any],
    *,
    by: Membership,
    at: datetime,
) -> dict[str, str] | None:
    """Return the id and name of the field's file: the one sent now, or the one kept before."""
    before: dict[str, str] | None = kept.get(code)
    upload = uploads.get(code)
    if upload is None:
        return before
    assert onboarding.customer is not None
    try:
        stored = store_file(
            customer=onboarding.customer, about=onboarding, upload=upload, by=by, at=at
        )
    except FileRefused as error:
        error.field = code
        raise
    if before is not None:
        Attachment.objects.about(onboarding).filter(pk=before["id"]).delete()
    return {"id": str(stored.pk), "name": stored.name}


@transaction.atomic
def go_to(onboarding_id: UUID, place: str) -> None:
    """Remember where an open onboarding is looked at, to go on there (ONB-24)."""
    Onboarding.objects.open().filter(pk=onboarding_id).exclude(current=place).update(current=place)


@transaction.atomic
def cancel_onboarding(onboarding_id: UUID, *, at: datetime) -> Customer | None:
    """Discard an onboarding: everything is as it was before it was begun (ONB-21).

    A customer that it created is deleted, and its name is free again. Return the customer that
    stays, None if there is none. Raise WrongState for a completed one, RuleError if something was
    ordered or quoted for the new customer meanwhile.
    """
    onboarding = lock_open(onboarding_id, version=None, at=at)
    customer = onboarding.customer
    if customer is None:
        onboarding.delete()
        return None
    if onboarding.makes_customer:
        delete_customer(customer, at=at)
        return None
    Attachment.objects.about(onboarding).delete()
    _record(onboarding, "onboarding_cancelled")
    onboarding.delete()
    return customer


def title_of(onboarding: Onboarding, code: str) -> str:
    """Return the title of a step, the customer's and the summary included."""
    if code == CUSTOMER:
        return _("Customer")
    if code == SUMMARY:
        return _("Summary")
    step = step_of(onboarding, code)
    return step.title if step is not None else code


def missing_steps(onboarding: Onboarding) -> list[str]:
    """Return the titles of the steps that are not done."""
    known = {CUSTOMER, *(step.code for step in steps_of(onboarding))}
    return [title_of(onboarding, code) for code in onboarding.steps_left if code in known]
