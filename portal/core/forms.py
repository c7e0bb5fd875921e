"""What all forms share: their constructors' types, and one way to show a refusal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from types import TracebackType
from typing import Any, Required, Self, TypedDict, cast

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms.renderers import BaseRenderer
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from portal.core.errors import RuleError
from portal.core.glyphs import MOST_NAMED, missing_characters

# What a form is made with: the posted data and files, or nothing.
FormData = Mapping[str, Any] | None
FormFiles = MultiValueDict[str, UploadedFile[Any]] | None


class FormOptions(TypedDict, total=False):
    """The keywords of Django's forms, for constructors that pass them on."""

    files: FormFiles
    auto_id: bool | str
    prefix: str | None
    initial: MutableMapping[str, Any] | None
    label_suffix: str | None
    empty_permitted: bool
    use_required_attribute: bool | None
    renderer: BaseRenderer | None


class ModelFormOptions(FormOptions, total=False):
    """The keywords of Django's model forms."""

    instance: Any


class ActionFormOptions(FormOptions, total=False):
    """The keywords of forms of admin actions, which know their object."""

    obj: Required[Any]


def show_refusal(form: forms.BaseForm, error: RuleError) -> int:
    """Add a refusal to the field it names if the form has it, otherwise to the form.

    Return the status of the page that shows it: 409 for a stale form, otherwise 200 (D22).
    """
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return error.status


def held_value(form: forms.BaseForm, name: str) -> Any:
    """Return what a field of a form holds now, cleaned, whether it was sent or is shown first.

    Raise ValidationError if it can't be. What the form checks beyond the field makes no difference.
    """
    bound = form[name]
    return bound.field.clean(bound.value())


def _in_words(bound: forms.BoundField) -> str:
    """Return what a field was sent with: choices by their labels, otherwise as it was typed."""
    value = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return str(_("yes")) if value else ""
    if isinstance(bound.field, forms.ChoiceField):
        choices = cast("Iterable[tuple[object, object]]", bound.field.choices)
        labels = {str(key): str(label) for key, label in choices}
        return labels.get(str(value), "") if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value if each)
    return "" if value in (None, "", "0") else str(value)


def typed_rows(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Return label and text of each field that was filled in, valid or not (ORD-36).

    A formset in the attribute ``users`` has a row for each of its forms.
    """
    rows = [(str(bound.label), _in_words(bound)) for bound in form if not bound.is_hidden]
    for number, each in enumerate(getattr(form, "users", []), 1):
        texts = [_in_words(bound) for bound in each if not bound.is_hidden]
        if any(str(each[name].value() or "").strip() for name in ("name", "email")):
            row = (_("User %(n)s") % {"n": number}, ", ".join(filter(None, texts)))
            rows.append(row)
    return [(label, text) for label, text in rows if text.strip()]


def warn_of_characters(request: HttpRequest, form: forms.BaseForm) -> None:
    """Say on the next page what our documents can't show of what was saved (OUT-31)."""
    texts = [str(form.cleaned_data.get(name) or "") for name in getattr(form, "in_documents", ())]
    missing = missing_characters("".join(texts))[:MOST_NAMED]
    if missing:
        messages.warning(
            request,
            _("Our documents can't show these characters: %s. Write the text in another way.")
            % " ".join(missing),
        )


class ShowRefusals:
    """Context manager that adds a refusal raised inside to ``form`` and continues after the block.

    ``status`` is then the status of the page that shows it::

        with ShowRefusals(form) as shown:
            customer = services.create_customer(...)
            return redirect(customer)
        return render(request, "...", {"form": form}, status=shown.status)
    """

    def __init__(self, form: forms.BaseForm) -> None:
        self.form = form
        self.status = 200
        self.error: RuleError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, RuleError):
            return False
        self.status, self.error = show_refusal(self.form, error), error
        return True


class RefusalsAsMessages:
    """Context manager that turns a refusal raised inside into a message on the next page."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, RuleError):
            return False
        messages.error(self.request, str(error))
        return True
