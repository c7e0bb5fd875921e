"""What channel sales does with a partner: rename it, suspend it, open it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import User
from portal.core.admin_actions import ObjectAction
from portal.tenancy.host_checks import check_hosts_of
from portal.tenancy.models import Domain, Partner
from workspace.admin_forms import EraseForm, ReasonForm, RenameForm
from workspace.erasing import ask_for_erasure, open_erasure
from workspace.exporting import ask_for_export
from workspace.partners import rename_partner
from workspace.suspending import reopen_partner, suspend_partner

Data = Mapping[str, Any]


def _rename(request: HttpRequest, partner: Partner, data: Data) -> str:
    before = partner.name
    rename_partner(partner, name=data["name"], at=timezone.now())
    return _("%(before)s is called %(name)s now.") % {"before": before, "name": partner.name}


def person_of(request: HttpRequest) -> User:
    """Return the member of staff who acts."""
    assert isinstance(request.user, User)
    return request.user


def _suspend(request: HttpRequest, partner: Partner, data: Data) -> str:
    suspend_partner(partner, reason=data["reason"], by=person_of(request), at=timezone.now())
    return _("%(partner)s is suspended.") % {"partner": partner.name}


def _resume(request: HttpRequest, partner: Partner, data: Data) -> str:
    reopen_partner(partner, reason=data["reason"], by=person_of(request), at=timezone.now())
    return _("%(partner)s is active again.") % {"partner": partner.name}


def _export(request: HttpRequest, partner: Partner, data: Data) -> str:
    job = ask_for_export(partner, reason=data["reason"], by=person_of(request), at=timezone.now())
    return format_html(
        '{} <a href="{}">{}</a>',
        _("The export of %(partner)s is being made.") % {"partner": partner.name},
        reverse("admin:tenancy_partnerexport_change", args=[job.pk]),
        _("See how far it is"),
    )


def _check_hosts(request: HttpRequest, partner: Partner, data: Data) -> str:
    count = check_hosts_of(partner)
    return ngettext(
        "%(n)s host is being checked. Load the page again to see what was found.",
        "%(n)s hosts are being checked. Load the page again to see what was found.",
        count,
    ) % {"n": count}


def _why_not_check(partner: Partner) -> str:
    waiting = partner.domains.filter(state=Domain.State.WAITING).exists()
    return "" if waiting else _("No host of %(partner)s waits.") % {"partner": partner.name}


def _erase(request: HttpRequest, partner: Partner, data: Data) -> str:
    erasure = ask_for_erasure(
        partner,
        name=data["name"],
        reason=data["reason"],
        by=person_of(request),
        at=timezone.now(),
    )
    return format_html(
        '{} <a href="{}">{}</a>',
        _("%(partner)s is erased on %(day)s.")
        % {"partner": partner.name, "day": date_format(erasure.due_at)},
        reverse("admin:tenancy_partnererasure_change", args=[erasure.pk]),
        _("Look at it"),
    )


def _why_not_erase(partner: Partner) -> str:
    if partner.is_active:
        return _("%(partner)s is active. Suspend it first.") % {"partner": partner.name}
    if open_erasure(partner) is not None:
        return _("The erasure of %(partner)s waits already.") % {"partner": partner.name}
    return ""


ACTIONS: dict[str, ObjectAction[Partner]] = {
    "rename": ObjectAction(
        label=gettext_lazy("Rename"),
        title=lambda partner: _("Rename %(partner)s") % {"partner": partner.name},
        run=_rename,
        form=RenameForm,
        explain=lambda partner: [_("Its own-company customer gets the same name.")],
    ),
    "resume": ObjectAction(
        label=gettext_lazy("End the suspension"),
        title=lambda partner: _("Let %(partner)s work again?") % {"partner": partner.name},
        run=_resume,
        form=ReasonForm,
        explain=lambda partner: [
            _("Its hosts answer again within half a minute. E-mails and tasks that waited go on."),
        ],
        why_not=lambda partner: (
            _("%(partner)s is active.") % {"partner": partner.name} if partner.is_active else ""
        ),
    ),
    "check_hosts": ObjectAction(
        label=gettext_lazy("Check the hosts"),
        title=lambda partner: _("Check the hosts of %(partner)s?") % {"partner": partner.name},
        run=_check_hosts,
        why_not=_why_not_check,
        explain=lambda partner: [
            _(
                "The DNS is asked for the record of each host that waits. It happens every ten "
                "minutes by itself, too, for two weeks."
            ),
        ],
    ),
    "export": ObjectAction(
        label=gettext_lazy("Export everything"),
        title=lambda partner: _("Export everything of %(partner)s?") % {"partner": partner.name},
        run=_export,
        form=ReasonForm,
        explain=lambda partner: [
            _("A zip with all tables, files and documents, for channel sales to download."),
            _("It holds personal data of the partner's customers. It is deleted after seven days."),
        ],
    ),
    "erase": ObjectAction(
        label=gettext_lazy("Erase"),
        title=lambda partner: _("Erase %(partner)s?") % {"partner": partner.name},
        run=_erase,
        form=EraseForm,
        why_not=_why_not_erase,
        explain=lambda partner: [
            ngettext(
                "Everything of it goes after %(n)s day; until then you can cancel it.",
                "Everything of it goes after %(n)s days; until then you can cancel it.",
                settings.ERASURE_DAYS,
            )
            % {"n": settings.ERASURE_DAYS},
            _("Nothing brings it back but a backup. Export it first if somebody may need it."),
        ],
        danger=True,
    ),
    "suspend": ObjectAction(
        label=gettext_lazy("Suspend"),
        title=lambda partner: _("Suspend %(partner)s?") % {"partner": partner.name},
        run=_suspend,
        form=ReasonForm,
        why_not=lambda partner: (
            ""
            if partner.is_active
            else _("%(partner)s is suspended already.") % {"partner": partner.name}
        ),
        explain=lambda partner: [
            _(
                "Its people are signed out. Within half a minute every address of its hosts says "
                "that the portal is suspended and whom to ask."
            ),
            _("Its e-mails and tasks wait, and go on when it is active again. Nothing is deleted."),
        ],
        danger=True,
    ),
}
