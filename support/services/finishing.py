"""Finishing a service report: signed off or not, kept as it was, sent to who reads it (D14)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Contact
from customers.services.rules import Stale
from customers.telling import people_to_tell
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.services import record
from portal.notices.services import notify
from portal.outbox.issuing import queue_document
from support import emails
from support.models import ServiceReport
from support.services.conversation import lock_report
from support.services.drafts import pictures_of
from support.services.progress import ReasonNeeded, resolve, start_work
from support.services.reporting import NotOfThisCustomer
from support.services.work_orders import CONVERTIBLE, give_back, lock_work
from support.signatures import checked
from support.snapshots import Ending, hash_of, snapshot_of
from support.states import check_work_step

State = ServiceReport.State
DOCUMENT = "support.service_report"
# Longest solution of a problem report.
SOLUTION = 5_000


class NotComplete(RuleError):
    """Refuse to finish a report in which something is missing; ``missing`` names the fields."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        words = {
            "performed_on": _("the date"),
            "minutes": _("the time spent"),
            "work": _("the work done"),
            "result": _("the result"),
        }
        names = ", ".join(words[name] for name in missing)
        super().__init__(_("The report lacks %(names)s.") % {"names": names})


class NameNeeded(RuleError):
    """Refuse a signature without a name."""

    def __init__(self) -> None:
        super().__init__(_("Enter the name of the person who signs."), field="signer_name")


def missing_in(work: ServiceReport) -> list[str]:
    """Return the fields that a finished report needs and this one lacks (SUP-04)."""
    return [name for name in ("performed_on", "minutes", "work", "result") if _lacks(work, name)]


def _lacks(work: ServiceReport, name: str) -> bool:
    value = getattr(work, name)
    return not value.strip() if isinstance(value, str) else not value


def _ready(work_id: UUID, to: str, *, version: int, at: datetime) -> ServiceReport:
    """Lock a draft that can be finished; what is signed is what was shown (SUP-05)."""
    work = lock_work(work_id)
    check_work_step(work, to, "finish")
    if work.version != version:
        raise Stale(work, at=at)
    missing = missing_in(work)
    if missing:
        raise NotComplete(missing)
    return work


@transaction.atomic
def sign_off(
    work_id: UUID,
    *,
    name: str,
    signature: bytes,
    contact: Contact | None,
    is_typed: bool,
    version: int,
    by: Membership,
    at: datetime,
) -> ServiceReport:
    """Finish a report with the customer's signature: DRAFT -> SIGNED.

    ``signature`` is the PNG that the server drew, ``version`` what the signer was shown. Raise
    WrongWorkState, Stale, NotComplete, NameNeeded, BadSignature, NotOfThisCustomer.
    """
    work = _ready(work_id, State.SIGNED, version=version, at=at)
    signed_by = " ".join(name.split())[:150]
    if not signed_by:
        raise NameNeeded
    if contact is not None and contact.customer_id != work.customer_id:
        raise NotOfThisCustomer("contact")
    work.signature = checked(signature)
    work.signer_name, work.signer = signed_by, contact
    ending = Ending(
        kind="typed" if is_typed else "drawn",
        name=signed_by,
        contact=contact.full_name if contact is not None else "",
        signature=signature,
    )
    return _finish(work, State.SIGNED, ending, by=by, at=at)


@transaction.atomic
def finish_unsigned(
    work_id: UUID, *, reason: str, version: int, by: Membership, at: datetime
) -> ServiceReport:
    """Finish a report that nobody signs, with the reason: DRAFT -> UNSIGNED.

    Raise WrongWorkState, Stale, NotComplete, ReasonNeeded.
    """
    work = _ready(work_id, State.UNSIGNED, version=version, at=at)
    why = " ".join(reason.split())[:300]
    if not why:
        raise ReasonNeeded(_("Write why nobody signs."))
    work.unsigned_reason = why
    return _finish(work, State.UNSIGNED, Ending(kind="none", reason=why), by=by, at=at)


def _finish(
    work: ServiceReport, to: State, ending: Ending, *, by: Membership, at: datetime
) -> ServiceReport:
    """Keep what the report says, and let everybody know: nothing can be changed afterwards."""
    work.state, work.finished_at = to, at
    work.snapshot = snapshot_of(work, pictures_of(work), ending, at=at)
    work.snapshot_sha256 = hash_of(work.snapshot)
    work.touch(at)
    work.save()
    details = {"sha256": work.snapshot_sha256, "name": work.signer_name}
    record(work, f"service_{to.value}", customer_id=work.customer_id, **details)
    document = queue_document(
        kind=DOCUMENT,
        key=f"service-report-{work.pk}",
        about=work,
        file_name=f"{work.number}.pdf",
        language=work.customer.language,
        at=at,
    )
    emails.service_report(work, document, at=at)
    _tell_people(work, by=by, at=at)
    if work.report_id is not None:
        _move_on(work, by=by, at=at)
    return work


def _tell_people(work: ServiceReport, *, by: Membership, at: datetime) -> None:
    """Notify the people responsible, and who planned the visit; not the one who finished it."""
    for person in people_to_tell(work.customer_id, also=[work.created_by_id], at=at):
        if person.pk != by.pk:
            notify(
                person,
                "service_finished",
                at=at,
                url=reverse("service:work", "portal.urls", args=[work.pk]),
                number=work.number,
                customer=work.customer.label,
                who=by.shown_name,
                result=work.result,
            )


def _move_on(work: ServiceReport, *, by: Membership, at: datetime) -> None:
    """Resolve the problem report if the work solved it, or put it back into the list (SUP-09)."""
    assert work.report_id is not None
    report = lock_report(work.report_id)
    if report.work_order_id not in (None, work.pk):
        return  # Another visit is planned for it.
    give_back(report, work, at=at)
    if work.result != ServiceReport.Result.SOLVED or report.state not in CONVERTIBLE:
        return
    if report.state == report.State.ACKNOWLEDGED:
        start_work(report.pk, by=by, at=at)
    resolve(report.pk, text=work.work.strip()[:SOLUTION], by=by, at=at)
