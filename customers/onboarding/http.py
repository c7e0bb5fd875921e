"""Requests whose address contains an onboarding, and where each of its pages is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from customers.models import Onboarding
from customers.onboarding.services.steps import title_of
from portal.accounts.access import PartnerRequest
from portal.catalog.models.platforms import CUSTOMER, SUMMARY


class OnboardingRequest(PartnerRequest):
    """A request whose address contains an onboarding that the person may see."""

    onboarding: Onboarding


def load_onboarding(request: OnboardingRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.onboarding`` from the address, for ``needs``.

    Raise Http404 if there is none, the person may not see it, or its platform lacks the step that
    the address names (ONB-02).
    """
    onboarding_id: UUID = kwargs.pop("onboarding_id")
    rows = Onboarding.objects.visible_to(request.membership)
    found = rows.select_related("customer__rate_plan", "changed_by__user").filter(pk=onboarding_id)
    onboarding = found.first()
    if onboarding is None or kwargs.get("step", CUSTOMER) not in onboarding.step_codes:
        raise Http404
    request.onboarding = onboarding


def step_url(onboarding: Onboarding, step: str) -> str:
    """Return the address of a step, the customer's and the summary included."""
    if step in (CUSTOMER, SUMMARY):
        return reverse(f"onboarding:{step}", args=[onboarding.pk])
    return reverse("onboarding:step", args=[onboarding.pk, step])


def steps_shown(onboarding: Onboarding, current: str) -> list[dict[str, str]]:
    """Return the row of steps: those that are done can be opened again."""
    shown = []
    for code in [*onboarding.step_codes, SUMMARY]:
        done = code in onboarding.done
        reachable = done or code == onboarding.current
        shown.append(
            {
                "label": title_of(onboarding, code),
                "state": "current" if code == current else ("done" if done else ""),
                "url": step_url(onboarding, code) if reachable else "",
            }
        )
    return shown
