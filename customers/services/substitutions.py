"""Services for substitutes, and for exceptions: one person, one customer (D12)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from guardian.shortcuts import remove_perm

from customers.models import Customer, CustomerGrant, Substitution
from portal.accounts.models import Membership
from portal.core.errors import RuleError
from portal.history.services import record
from portal.notices.services import notify

# The permissions of each level of exception; changing includes seeing.
GRANTS: dict[str, tuple[str, ...]] = {
    "see": ("view_customer",),
    "change": ("view_customer", "change_customer"),
}


def _lock(*people: Membership) -> None:
    """Lock the memberships, in the same order as when a person leaves.

    Raise RuleError at ``substitute`` for somebody who is no longer active or is a customer's user.
    """
    pks = [person.pk for person in people]
    rows = Membership.objects.own_people(people[0].partner).select_for_update()
    states = dict(rows.filter(pk__in=pks).order_by("pk").values_list("pk", "state"))
    for person in people:
        if states.get(person.pk) != Membership.State.ACTIVE:
            raise RuleError(
                _("%(name)s is no longer a member here.") % {"name": person.shown_name},
                field="substitute",
            )


def _note_extra_visibility(person: Membership) -> None:
    """Note on the membership whether more than its own assignments has to be asked."""
    more = (
        CustomerGrant.objects.filter(user_id=person.user_id).exists()
        or Substitution.objects.filter(substitute_id=person.pk).exists()
    )
    person.has_extra_visibility = more
    Membership.objects.own_people(person.partner).filter(pk=person.pk).update(
        has_extra_visibility=more
    )


@transaction.atomic
def start_absence(
    person: Membership,
    *,
    substitute: Membership,
    starts_on: date,
    ends_on: date,
    at: datetime,
    by: Membership | None = None,
) -> Substitution:
    """Record that a person is away, both days included, and who the substitute is.

    Meanwhile the substitute sees the person's customers and gets the same notifications. A new
    absence replaces the former one. The substitute is notified, and so is the person if ``by`` is
    somebody else. Raise RuleError for somebody without a membership here, for oneself as the
    substitute, and for an end before the start.
    """
    if substitute.pk == person.pk:
        raise RuleError(_("Choose somebody else."), field="substitute")
    _lock(person, substitute)
    if ends_on < starts_on:
        raise RuleError(_("The end cannot be before the start."), field="ends_on")
    end_absence(person, at=at, quiet_for=substitute)
    row = Substitution.objects.create(
        membership=person, substitute=substitute, starts_on=starts_on, ends_on=ends_on
    )
    _note_extra_visibility(substitute)
    details = {"start": starts_on.isoformat(), "end": ends_on.isoformat()}
    record(person, "person_away", customer_id=None, person=substitute.shown_name, **details)
    notify(
        substitute,
        "stands_in",
        at=at,
        url=reverse("customers:list"),
        person=person.shown_name,
        **details,
    )
    if by is not None and by.pk != person.pk:
        notify(
            person,
            "away_entered",
            at=at,
            url=reverse("customers:away"),
            person=by.shown_name,
            substitute=substitute.shown_name,
            **details,
        )
    return row


@transaction.atomic
def end_absence(
    person: Membership,
    *,
    at: datetime,
    quiet_for: Membership | None = None,
    by: Membership | None = None,
) -> None:
    """End a person's absence; without one, do nothing.

    The substitute is notified, and so is the person if ``by`` is somebody else. ``quiet_for`` is
    the substitute of the absence that replaces this one: nothing is logged then, and they are not
    notified of the end.
    """
    row = (
        Substitution.objects.select_for_update(of=("self",))
        .select_related("substitute")
        .filter(membership=person)
        .first()
    )
    if row is None:
        return
    substitute = row.substitute
    row.delete()
    _note_extra_visibility(substitute)
    if quiet_for is None:
        record(person, "person_back", customer_id=None)
    if quiet_for is None or quiet_for.pk != substitute.pk:
        notify(substitute, "stands_in_no_more", at=at, person=person.shown_name)
    if by is not None and by.pk != person.pk:
        url = reverse("customers:away")
        notify(person, "away_ended", at=at, url=url, person=by.shown_name)


@transaction.atomic
def set_grant(
    customer: Customer, person: Membership, level: str, *, by: Membership, at: datetime
) -> None:
    """Make, change or remove one person's exception for one customer (D12).

    ``level`` is "see", "change" or empty. The person is notified. Raise RuleError for a person
    without a membership here, and for a customer's own user.
    """
    codes = GRANTS.get(level, ())
    if codes:
        _lock(person)
    Customer.objects.select_for_update().get(pk=customer.pk)
    mine = CustomerGrant.objects.filter(content_object=customer, user_id=person.user_id)
    before = set(mine.values_list("permission__codename", flat=True))
    if before == set(codes):
        return
    for code in before - set(codes):
        remove_perm(code, person.user, customer)
    grants = CustomerGrant.objects.given(at=at, by=by.shown_name)
    for code in set(codes) - before:
        grants.assign_perm(code, person.user, customer)
    _note_extra_visibility(person)
    url = reverse("customers:customer", args=[customer.pk])
    verb = "grant_given" if codes else "grant_taken"
    record(customer, verb, customer_id=customer.pk, person=person.shown_name, level=level)
    if person.state == Membership.State.ACTIVE:
        notify(
            person,
            f"grant_{level}" if codes else "grant_taken",
            at=at,
            url=url if codes else "",
            customer=customer.label,
        )


def end_absences_and_exceptions(person: Membership) -> None:
    """End the absences, substitutions and exceptions of a person who left (D18)."""
    hers = Substitution.objects.filter(membership=person).select_related("substitute")
    substitutes = [row.substitute for row in hers]
    Substitution.objects.filter(models.Q(membership=person) | models.Q(substitute=person)).delete()
    CustomerGrant.objects.filter(user_id=person.user_id).delete()
    for each in [person, *substitutes]:
        _note_extra_visibility(each)
