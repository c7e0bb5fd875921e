"""What the pages of all steps share: the buttons, both versions, and where they lead."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers.forms.differences import shown_differences
from customers.models import Customer, Onboarding
from customers.onboarding.http import OnboardingRequest, step_url, steps_shown
from customers.onboarding.services.steps import after, go_to, title_of
from customers.services.rules import Stale
from portal.catalog.models.platforms import SUMMARY
from portal.core.forms import ShowRefusals

NEXT, SAVE, BACK = "next", "save", "back"
Differences = list[tuple[str, str, str]]


class ShowStep(ShowRefusals):
    """A :class:`ShowRefusals` that shows mine and theirs if somebody else saved (REG-35).

    ``differs`` returns them of the onboarding as it is saved now. Where the register was changed
    since, they are those of the register, and ``customer_version`` is the one to go on with.
    """

    customer_version = 0

    def __init__(
        self, form: forms.BaseForm, version: int, differs: Callable[[Onboarding], Differences]
    ) -> None:
        super().__init__(form)
        self.version = version
        self.differs = differs
        self.differences: Differences = []

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, Stale) and isinstance(error.current, Onboarding):
            saved = Onboarding.objects.select_related("customer").get(pk=error.current.pk)
            self.differences, self.version = self.differs(saved), saved.version
        elif isinstance(error, Stale) and isinstance(error.current, Customer):
            register = Customer.objects.get(pk=error.current.pk)
            self.differences = shown_differences(self.form, register)
            self.customer_version = register.version
        return super().__exit__(kind, error, trace)


def act_of(request: OnboardingRequest) -> str:
    """Return the button that was pressed; Enter is Next."""
    return request.POST.get("act", NEXT)


def goes_to(onboarding: Onboarding, step: str, act: str) -> str:
    """Return the place that a button leads to; Save and back resumes at this step."""
    if act == NEXT:
        return after(onboarding, step)
    if act == BACK:
        codes = onboarding.step_codes
        return codes[max(0, codes.index(step) - 1)]
    return step


def leave(request: OnboardingRequest, onboarding: Onboarding, act: str) -> HttpResponseRedirect:
    """Lead on after a step was saved: to the next page, or to the dashboard (ONB-22)."""
    if act == SAVE:
        messages.success(request, _("The onboarding of %s was saved.") % onboarding.customer_label)
        return redirect("workspace:dashboard")
    return redirect(step_url(onboarding, onboarding.place))


def refuse_early(request: OnboardingRequest, step: str) -> HttpResponse | None:
    """Return where to go instead, if the step can't be opened: it is completed, or comes later.

    Otherwise remember the step, to go on there.
    """
    onboarding = request.onboarding
    if not onboarding.is_open:
        messages.info(request, _("This onboarding is completed."))
        return redirect("customers:customer", onboarding.customer_id)
    codes = [*onboarding.step_codes, SUMMARY]
    before = codes[: codes.index(step)]
    missing = next((code for code in before if code not in onboarding.done), None)
    if missing is not None and (onboarding.customer is None or step == SUMMARY):
        return redirect(step_url(onboarding, missing))
    if request.method == "GET" and onboarding.current != step:
        go_to(onboarding.pk, step)
        onboarding.current = step
    return None


def shared_context(request: OnboardingRequest, step: str, version: int) -> dict[str, Any]:
    """Return what the template of every step shows."""
    onboarding = request.onboarding
    return {
        "onboarding": onboarding,
        "steps": steps_shown(onboarding, step),
        "step_title": title_of(onboarding, step),
        "version": version,
        "is_first": step == onboarding.step_codes[0],
    }


def shown(value: object) -> str:
    """Return an answer as a text, for the table of what differs."""
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
