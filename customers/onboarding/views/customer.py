"""The customer's step: who it is, where, and whom to call (ONB-03 to ONB-16)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.forms.differences import form_version
from customers.models import Onboarding
from customers.onboarding.forms.customer import FactsForm, NewCustomerForm, paste_address
from customers.onboarding.forms.people import PeopleFormSet, people_formset
from customers.onboarding.http import OnboardingRequest, load_onboarding
from customers.onboarding.people import Row, kept_people, own_contacts, registered_people
from customers.onboarding.services import save_customer_step, save_new_customer
from customers.onboarding.views.steps import (
    NEXT,
    Differences,
    ShowStep,
    act_of,
    goes_to,
    leave,
    refuse_early,
    shared_context,
    shown,
)
from customers.services.rules import Stale
from customers.views.register import add_refusals
from portal.accounts.access import needs
from portal.catalog.models.platforms import CUSTOMER
from portal.core.errors import RuleError
from portal.core.forms import FormData
from portal.core.http import form_data, get_or_post

SAVING = ("next", "save")
MORE = 2


class _Step:
    """The form and the two lists of people, as posted or as kept."""

    def __init__(self, request: OnboardingRequest) -> None:
        self.onboarding = request.onboarding
        self.kept = self.onboarding.answers.get(CUSTOMER, {})
        self.act = act_of(request) if request.method == "POST" else ""
        partial = self.act != NEXT
        data = self._data(request)
        self.customer_version = self._register_version(data)
        self.form = self._form(request, data, partial=partial)
        self.admins = self._people("admins", data, partial=partial)
        self.support = self._people("support", data, partial=partial)

    def _data(self, request: OnboardingRequest) -> Any:
        """Return what was posted, with what a button changed in it: more rows, an address."""
        data = form_data(request)
        if data is None or self.act in SAVING:
            return data
        changed = request.POST.copy()
        if self.act == "paste":
            paste_address(changed, changed.get("pasted", "")[:2000])
        kind = self.act.removeprefix("more-")
        total = changed.get(f"{kind}-TOTAL_FORMS", "")
        if total.isascii() and total.isdigit() and len(total) < 4:
            changed[f"{kind}-TOTAL_FORMS"] = str(int(total) + MORE)
        return changed

    def _register_version(self, data: FormData) -> int:
        """Return the register's version that the form was filled from, or is filled from now."""
        if data is not None:
            typed = str(data.get("customer_version", ""))
            return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
        customer = self.onboarding.customer
        kept = self.kept.get("customer_version")
        return int(kept or (customer.version if customer else 0))

    def _form(
        self, request: OnboardingRequest, data: FormData, *, partial: bool
    ) -> NewCustomerForm | FactsForm:
        customer, person = self.onboarding.customer, request.membership
        if customer is None:
            initial = dict(self.kept.get("form", {}))
            return NewCustomerForm(data, person=person, partial=partial, initial=initial)
        initial = dict(self.kept.get("facts", {}))
        if "domains" in initial:
            initial["domains"] = ", ".join(initial["domains"])
        return FactsForm(data, person=person, partial=partial, initial=initial, instance=customer)

    def _people(self, kind: str, data: FormData, *, partial: bool) -> PeopleFormSet:
        rows = kept_people(self.kept, kind)
        customer = self.onboarding.customer
        if kind == "support" and kind not in self.kept and customer is not None:
            rows = registered_people(customer)
        # Without anybody there is a row for each who is needed.
        blank = {"support": 2, "admins": 1}[kind] if not rows else 0
        return people_formset(kind, data, rows=rows, extra=blank, partial=partial)

    def is_valid(self) -> bool:
        # All three, so that all errors are shown at once.
        return all([self.form.is_valid(), self.admins.is_valid(), self.support.is_valid()])

    def rows(self, formset: PeopleFormSet) -> list[Row]:
        customer = self.onboarding.customer
        return own_contacts(formset.rows(), customer) if customer else formset.rows()

    def differs(self, saved: Onboarding) -> Differences:
        """Return mine and theirs, field by field."""
        kept = saved.answers.get(CUSTOMER, {})
        theirs = kept.get("facts", kept.get("form", {}))
        found: Differences = []
        for name, field in self.form.fields.items():
            if name in theirs and name in self.form.cleaned_data:
                mine = shown(self.form.cleaned_data[name])
                if mine != shown(theirs[name]) and not hasattr(field, "queryset"):
                    found.append((str(field.label), mine, shown(theirs[name])))
        for label, formset, kind in (
            (_("Administrators of the customer"), self.admins, "admins"),
            (_("Support contacts"), self.support, "support"),
        ):
            mine, other = _names(formset.rows()), _names(kept_people(kept, kind))
            if mine != other:
                found.append((label, mine, other))
        return found


def _names(rows: list[Row]) -> str:
    return ", ".join(f"{row.name} <{row.email}>" for row in rows) or "–"


def _save(request: OnboardingRequest, step: _Step, version: int) -> Onboarding:
    """Save what was posted and return the onboarding; a new customer is created at Next."""
    onboarding = step.onboarding
    common: dict[str, Any] = {
        "admins": step.rows(step.admins),
        "support": step.rows(step.support),
        "goes_to": goes_to(onboarding, CUSTOMER, step.act),
        "version": version,
        "by": request.membership,
        "at": timezone.now(),
    }
    form, is_done = step.form, step.act == NEXT
    if isinstance(form, NewCustomerForm):
        values = form.cleaned_data if is_done else None
        return save_new_customer(onboarding.pk, form=form.kept(), values=values, **common)
    return save_customer_step(
        onboarding.pk,
        facts=form.kept(),
        is_done=is_done,
        customer_version=step.customer_version,
        **common,
    )


@needs("onboard_customer", load=load_onboarding, of="onboarding", customers=True)
@get_or_post
def customer_step(request: OnboardingRequest) -> HttpResponse:
    """Show and save the customer's step (ONB-14, ONB-20, ONB-22)."""
    elsewhere = refuse_early(request, CUSTOMER)
    if elsewhere is not None:
        return elsewhere
    step = _Step(request)
    view = ShowStep(step.form, form_version(request, request.onboarding), step.differs)
    if step.act in SAVING:
        answer = _try(request, step, view)
        if answer is not None:
            return answer
    context = {
        **shared_context(request, CUSTOMER, view.version),
        "form": step.form,
        "admins": step.admins,
        "support": step.support,
        "differences": view.differences,
        "customer": request.onboarding.customer,
        "customer_version": view.customer_version or step.customer_version,
    }
    return render(request, "customers/onboarding/customer.html", context, status=view.status)


def _try(request: OnboardingRequest, step: _Step, view: ShowStep) -> HttpResponse | None:
    """Save; return None to show the page again with its errors, which are all shown at once."""
    refusal = None
    if step.is_valid():
        with view:
            try:
                saved = _save(request, step, view.version)
            except Stale:
                raise
            except RuleError as error:
                if not isinstance(step.form, NewCustomerForm):
                    raise
                refusal = error
            else:
                return leave(request, saved, step.act)
    if isinstance(step.form, NewCustomerForm) and view.status == 200 and step.act == NEXT:
        return add_refusals(request, step.form, first=refusal)
    return None
