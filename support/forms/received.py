"""The forms of an e-mail that waits: which report it answers, or whose problem it is (OUT-38)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Unpack
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.forms.picking import PickedCustomer
from orders.queries import matches
from portal.accounts.models import Membership
from portal.core.forms import FormData, FormOptions
from support.models import ProblemReport
from support.states import REOPEN_DAYS

MOST = 100


def answerable(person: Membership) -> QuerySet[ProblemReport]:
    """Return the visible reports that still take answers."""
    lately = timezone.now() - timedelta(days=REOPEN_DAYS)
    solved = Q(state=ProblemReport.State.RESOLVED, resolved_at__gte=lately)
    reports = ProblemReport.objects.visible_to(person).select_related("customer")
    return reports.filter(solved | Q(state__in=ProblemReport.OPEN))


class AnsweredForm(forms.Form):
    """Which report a message answers."""

    report = forms.ModelChoiceField(
        ProblemReport.objects.none(),
        label=gettext_lazy("Report"),
        error_messages={
            "required": gettext_lazy("Choose the report that it answers."),
            "invalid_choice": gettext_lazy("Choose one of these reports."),
        },
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        person: Membership,
        first: Collection[UUID],
        words: str = "",
        **options: Unpack[FormOptions],
    ) -> None:
        """Offer what matches ``words``; reports of the customers ``first`` stand above others."""
        super().__init__(data, **options)
        field = self.fields["report"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = answerable(person)
        found = field.queryset.filter(matches(ProblemReport, words)) if words else field.queryset
        likely = list(found.filter(customer__in=first).order_by("-created_at")[:MOST])
        others = list(found.exclude(customer__in=first).order_by("-created_at")[:MOST])
        self.is_empty = not (likely or others)
        groups = [(_("The sender's customer"), likely), (_("Other reports"), others)]
        field.widget.choices = [
            ("", _("Choose")),
            *((label, _options(group)) for label, group in groups if group),
        ]


def _options(reports: Collection[ProblemReport]) -> list[tuple[str, str]]:
    """Return what is chosen from, with what tells reports apart."""
    return [
        (str(report.pk), f"{report.number} · {report.customer.name} · {report.subject}")
        for report in reports
    ]


class TakenForm(PickedCustomer):
    """Whose problem a message is, and how bad."""

    nothing_chosen = gettext_lazy("Choose the customer who has the problem.")
    customer = forms.CharField(required=False, widget=forms.HiddenInput)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=150,
        error_messages={"required": gettext_lazy("Say in a few words what is wrong.")},
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=ProblemReport.Severity.choices,
        initial=ProblemReport.Severity.MINOR,
        error_messages={"required": gettext_lazy("Choose how bad it is.")},
    )

    def __init__(
        self, data: FormData = None, *, person: Membership, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        self.person = person

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())
