"""Answering channel sales' question, and withdrawing a registration."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.forms.differences import ShowDifferences, form_version
from customers.registrations.forms import AnswerForm
from customers.registrations.http import RegistrationRequest, load_registration
from customers.registrations.services import (
    answer_registration,
    withdraw_registration,
)
from customers.registrations.states import allowed, next_state
from portal.accounts.access import needs
from portal.core.errors import RuleError
from portal.core.forms import RefusalsAsMessages
from portal.core.http import form_data, get_or_post


@needs("add_order", load=load_registration, of="registration")
@get_or_post
def answer(request: RegistrationRequest) -> HttpResponse:
    """Answer the question, and correct what was sent (CHAN-03)."""
    registration = request.registration
    form = AnswerForm(
        form_data(request),
        files=request.FILES or None,
        instance=registration,
        person=request.membership,
    )
    shown = ShowDifferences(form, form_version(request, registration))
    if not allowed(registration, "answer"):
        with RefusalsAsMessages(request):
            next_state(registration, "answer")
        return redirect("registrations:registration", registration.pk)
    if request.method == "POST" and form.is_valid():
        with shown:
            return _send(request, form, shown.version)
    context = {"form": form, "registration": registration, **shown.context}
    template = "customers/registrations/answer.html"
    return render(request, template, context, status=shown.status)


def _send(request: RegistrationRequest, form: AnswerForm, version: int) -> HttpResponse:
    """Send a valid answer. Raise RuleError."""
    data, registration = form.cleaned_data, request.registration
    answer_registration(
        registration.pk,
        version=version,
        answer=data["answer"],
        channels=data["channels"],
        remark=data["note"],
        file=data["file"],
        by=request.membership,
        at=timezone.now(),
        **form.customer_fields(),
    )
    messages.success(request, _("The answer was sent to Channel Sales."))
    return redirect("registrations:registration", registration.pk)


@needs("add_order", load=load_registration, of="registration")
@get_or_post
def withdraw(request: RegistrationRequest) -> HttpResponse:
    """Withdraw a registration, after a confirmation."""
    registration, refusal = request.registration, ""
    if request.method == "POST":
        try:
            withdraw_registration(
                registration.pk, version=form_version(request, registration), at=timezone.now()
            )
        except RuleError as error:
            refusal = str(error)
        else:
            text = _("The registration of %(customer)s was withdrawn.")
            messages.success(request, text % {"customer": registration.customer_label})
            return redirect("registrations:registration", registration.pk)
    registration.refresh_from_db(fields=["state", "version"])
    context = {
        "registration": registration,
        "refusal": refusal,
        "possible": allowed(registration, "withdraw"),
    }
    return render(
        request, "customers/registrations/withdraw.html", context, status=409 if refusal else 200
    )
