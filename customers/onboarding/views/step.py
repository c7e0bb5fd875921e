"""A platform's step: the fields that channel sales gave it, and what can be tested (ONB-02)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from customers.forms.differences import form_version
from customers.models import Onboarding
from customers.onboarding.checks import newest_check, request_check
from customers.onboarding.flow import Kind, Step, step_of
from customers.onboarding.forms.sample import LONG_SAMPLE, SampleForm
from customers.onboarding.forms.step import StepForm
from customers.onboarding.http import OnboardingRequest, load_onboarding, step_url
from customers.onboarding.samples import Sample, read_sample
from customers.onboarding.services import save_step
from customers.onboarding.views.steps import (
    BACK,
    NEXT,
    SAVE,
    Differences,
    ShowStep,
    act_of,
    goes_to,
    leave,
    refuse_early,
    shared_context,
    shown,
)
from portal.accounts.access import needs
from portal.catalog.models import PlatformStep
from portal.core.errors import RuleError
from portal.core.http import form_data, get_or_post

CHECK, TEST = "check", "test"


def _step(request: OnboardingRequest, code: str) -> Step:
    step = step_of(request.onboarding, code)
    if step is None:
        raise Http404
    return step


def _save(request: OnboardingRequest, form: StepForm, act: str, version: int) -> Onboarding:
    onboarding, step = request.onboarding, form.step
    return save_step(
        onboarding.pk,
        step,
        answers=form.answers(),
        secrets=form.secrets(),
        uploads=form.uploads(),
        is_done=act == NEXT,
        goes_to=goes_to(onboarding, step.code, act),
        version=version,
        by=request.membership,
        at=timezone.now(),
    )


def _differs(form: StepForm) -> Any:
    def differs(saved: Onboarding) -> Differences:
        kept = saved.answers.get(form.step.code, {})
        mine = form.answers()
        return [
            (field.title, shown(mine.get(field.code)), shown(kept.get(field.code)))
            for field in form.step.fields
            if field.code in mine and mine.get(field.code) != kept.get(field.code)
        ]

    return differs


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@get_or_post
def step(request: OnboardingRequest, step: str) -> HttpResponse:
    """Show and save a step of the platform (ONB-20, ONB-22)."""
    elsewhere = refuse_early(request, step)
    if elsewhere is not None:
        return elsewhere
    chosen = _step(request, step)
    act = act_of(request) if request.method == "POST" else ""
    form = StepForm(
        form_data(request),
        files=request.FILES or None,
        onboarding=request.onboarding,
        step=chosen,
        partial=act != NEXT,
    )
    view = ShowStep(form, form_version(request, request.onboarding), _differs(form))
    if act in (NEXT, SAVE, BACK, CHECK) and form.is_valid():
        with view:
            return _after(request, form, _save(request, form, act, view.version), act)
    return _shown(request, form, view, act)


def _after(request: OnboardingRequest, form: StepForm, saved: Onboarding, act: str) -> HttpResponse:
    """Return where a button leads: Check begins the check and shows the step again."""
    if act != CHECK:
        return leave(request, saved, act)
    try:
        request_check(saved, form.step, by=request.membership, at=timezone.now())
    except RuleError as error:
        messages.error(request, str(error))
    return redirect(f"{step_url(saved, form.step.code)}#check")


def _shown(request: OnboardingRequest, form: StepForm, view: ShowStep, act: str) -> HttpResponse:
    step = form.step
    sample: Sample | None = None
    if act == TEST:
        sample = read_sample(request.POST.get("sample", "")[:LONG_SAMPLE])
    files = {
        field.code: request.onboarding.answers.get(step.code, {}).get(field.code)
        for field in step.fields
        if field.kind == Kind.FILE
    }
    tests = PlatformStep.Test
    context = {
        **shared_context(request, step.code, view.version),
        "form": form,
        "step": step,
        "files": files,
        "differences": view.differences,
        "reaches": step.test == tests.REACH,
        "check": newest_check(request.onboarding, step.code) if step.test == tests.REACH else None,
        "sample_form": SampleForm(form_data(request)) if step.test == tests.DIRECTORY else None,
        "sample": sample,
    }
    return render(request, "customers/onboarding/step.html", context, status=view.status)


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@require_safe
def check_result(request: OnboardingRequest, step: str) -> HttpResponse:
    """Return the part of the page that shows the newest check, while it is being done."""
    check = newest_check(request.onboarding, _step(request, step).code)
    context = {"check": check, "onboarding": request.onboarding, "step": _step(request, step)}
    return render(request, "customers/onboarding/_check.html", context)
