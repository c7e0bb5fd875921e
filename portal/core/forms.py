"""Showing a refusal: in the form that caused it, or as a message on the next page."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from portal.core.errors import RuleError


def show_refusal(form: forms.BaseForm, error: RuleError) -> int:
    """Add a refusal to the field it names if the form has it, otherwise to the form.

    Return the status of the page that shows it: 409 for a stale form, otherwise 200 (D22).
    """
    form.add_error(error.field if error.field in form.fields else None, str(error))
    return error.status


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
        self.status = show_refusal(self.form, error)
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
