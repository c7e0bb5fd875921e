"""Announcing prices before they hold: a row for each partner, told from the worker (CHAN-43)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.accounts.models import Membership, User
from portal.catalog.models import Price, prices_on
from portal.channel.models import AnnouncedTo, PriceAnnouncement
from portal.core.errors import RuleError
from portal.core.formats import amount, day
from portal.notices.messages import NoticeMessage, register_notices
from portal.notices.services import notify
from portal.outbox.rendering import Voice
from portal.outbox.services import queue_email
from portal.tenancy.context import require_partner
from portal.tenancy.models import Partner
from portal.tenancy.queueing import enqueue

ANNOUNCED = "prices_announced"


def register() -> None:
    """Register the message of the notification; called once when the app is ready."""
    text = _("Prices change on %(day)s: %(title)s")
    register_notices({ANNOUNCED: NoticeMessage(text, "receipt", kind="orders", has_mail=True)})


@transaction.atomic
def announce(
    *,
    title: str,
    text: str,
    valid_from: date,
    partners: Iterable[Partner],
    by: User,
    at: datetime,
) -> PriceAnnouncement:
    """Announce what changes on ``valid_from`` to these partners; each is told by a task.

    Raise RuleError at ``valid_from`` for a day that is not in the future, and at ``partners``
    without any.
    """
    chosen = list(partners)
    if valid_from <= at.date():
        raise RuleError(_("Announce prices before they hold."), field="valid_from")
    if not chosen:
        raise RuleError(_("Choose at least one partner."), field="partners")
    made = PriceAnnouncement._default_manager.create(
        title=title, text=text, valid_from=valid_from, created_by=by, created_at=at
    )
    for partner in chosen:
        AnnouncedTo.objects.for_partner(partner).create(announcement=made, partner=partner)
        enqueue("channel.tell_prices", partner=partner)
    return made


@transaction.atomic
def tell_prices(*, at: datetime) -> int:
    """Tell the people of this partner what is announced; return how many announcements.

    Whoever may see prices is notified; whoever may change the settings gets a mail, too. The rows
    are locked, so that two tasks tell nobody twice.
    """
    partner = require_partner()
    due = AnnouncedTo.objects.for_partner(partner).filter(told_at=None)
    rows = list(due.select_related("announcement").select_for_update(of=("self",)))
    people = Membership.objects.own_people(partner).filter(state=Membership.State.ACTIVE)
    readers = [p for p in people.select_related("user", "role") if p.may("view_prices")]
    for row in rows:
        for person in readers:
            _tell(person, row.announcement, at=at)
        row.told_at = at
        row.save(update_fields=["told_at"])
    return len(rows)


def _tell(person: Membership, announcement: PriceAnnouncement, *, at: datetime) -> None:
    partner = require_partner()
    url = partner.path("orders:announcement", announcement.pk)
    with override(person.user.language):
        starts = day(announcement.valid_from)
        notify(person, ANNOUNCED, at=at, url=url, day=starts, title=announcement.title)
        if not person.may("change_settings"):
            return
        queue_email(
            to=person.user.email,
            template="channel/email/prices",
            context={
                "partner": partner,
                "name": person.user.get_short_name(),
                "title": announcement.title,
                "text": announcement.text,
                "day": starts,
                "button_url": partner.url(url),
                "button_label": str(_("See what changes")),
            },
            language=person.user.language,
            key=f"prices-{announcement.pk}-{person.pk}",
            partner=partner,
            at=at,
            voice=Voice.VENDOR,
        )


@dataclass(frozen=True)
class Changed:
    """A price that changes: before (empty for a new one) and after, in words."""

    product: str
    plan: str
    one_off: tuple[str, str]
    monthly: tuple[str, str]


def what_changes(announcement: PriceAnnouncement, *, currency: str) -> Iterator[Changed]:
    """Yield the prices in ``currency`` that begin to hold on the announcement's day."""
    rows = Price._default_manager.filter(valid_from=announcement.valid_from, currency=currency)
    new = list(
        rows.select_related("product", "rate_plan").order_by(
            "product__family__position", "product__position", "rate_plan__position"
        )
    )
    plans = {price.rate_plan_id for price in new}
    yesterday = announcement.valid_from - timedelta(days=1)
    before = {
        plan: prices_on(
            [price.product for price in new], rate_plan_id=plan, currency=currency, day=yesterday
        )
        for plan in plans
    }
    for price in new:
        old = before[price.rate_plan_id].get(price.product_id)
        was = (amount(old[0]), amount(old[1])) if old is not None else ("", "")
        yield Changed(
            price.product.title,
            price.rate_plan.name,
            (was[0], amount(price.one_off)),
            (was[1], amount(price.monthly)),
        )


def announced_to(partner: Partner, announcement_id: UUID | None = None) -> list[PriceAnnouncement]:
    """Return what was announced to a partner, the latest day first."""
    rows = AnnouncedTo.objects.for_partner(partner).exclude(told_at=None)
    if announcement_id is not None:
        rows = rows.filter(announcement_id=announcement_id)
    found = rows.select_related("announcement").order_by("-announcement__valid_from")
    return [row.announcement for row in found[:100]]
