"""The forms of what is done with a problem report: answer, words, person, duplicate."""

from __future__ import annotations

from typing import Any, Unpack

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import Membership
from portal.core.forms import FormData, FormOptions
from portal.files.forms import FilesField
from support.models import Comment, ProblemReport


class PersonField(forms.ModelChoiceField[Membership]):
    """One of the partner's people."""

    def label_from_instance(self, obj: Membership) -> str:
        """Return the person's name."""
        return obj.shown_name


class ReportField(forms.ModelChoiceField[ProblemReport]):
    """A problem report."""

    def label_from_instance(self, obj: ProblemReport) -> str:
        """Return number and subject."""
        return obj.label


class AnswerForm(forms.Form):
    """An answer to the customer, or a note that stays among the partner's people."""

    marks_optional = False

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    uploads = FilesField()
    audience = forms.ChoiceField(
        label=gettext_lazy("Who reads it"),
        choices=[
            (Comment.Audience.EVERYBODY, gettext_lazy("The customer, by e-mail")),
            (Comment.Audience.PARTNER, gettext_lazy("Only our own people (internal note)")),
        ],
        widget=forms.RadioSelect,
        initial=Comment.Audience.EVERYBODY,
        error_messages={"required": gettext_lazy("Choose who reads it.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = str(data.get("text", "")).strip() or data.get("uploads")
        if not said and "uploads" not in self.errors:
            self.add_error("text", _("Write an answer, or add a file."))
        return data


class CustomerAnswerForm(AnswerForm):
    """An answer of a customer's person: everybody reads it."""

    def __init__(self, data: FormData = None, **options: Unpack[FormOptions]) -> None:
        super().__init__(data, **options)
        del self.fields["audience"]


class WordsForm(forms.Form):
    """What has to be said with an act."""

    text = forms.CharField(
        label="",
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(
        self,
        data: FormData = None,
        *,
        label: str,
        missing: str,
        help_text: str = "",
        **options: Unpack[FormOptions],
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["text"]
        field.label, field.help_text = label, help_text
        field.error_messages["required"] = missing


class HandlerForm(forms.Form):
    """Who works on a report."""

    handler = PersonField(
        Membership.unscoped.none(),
        label=gettext_lazy("Assigned to"),
        required=False,
        empty_label=gettext_lazy("Nobody"),
    )

    def __init__(
        self, data: FormData = None, *, people: QuerySet[Membership], **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["handler"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class MergeForm(forms.Form):
    """The report that a duplicate is merged into."""

    into = ReportField(
        ProblemReport.objects.none(),
        label=gettext_lazy("The report that stays"),
        empty_label=gettext_lazy("Choose"),
        error_messages={"required": gettext_lazy("Choose the report that stays.")},
    )

    def __init__(
        self, data: FormData = None, *, report: ProblemReport, **options: Unpack[FormOptions]
    ) -> None:
        super().__init__(data, **options)
        field = self.fields["into"]
        assert isinstance(field, forms.ModelChoiceField)
        others = ProblemReport.objects.filter(customer=report.customer).open()
        field.queryset = others.exclude(pk=report.pk).order_by("-created_at")
        self.any_other = field.queryset.exists()
