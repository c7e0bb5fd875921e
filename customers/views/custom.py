"""Views of the settings for custom fields (REG-28)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers import services
from customers.forms.custom import CustomFieldForm
from customers.models import CustomField
from portal.accounts.access import PartnerRequest, needs
from portal.catalog.models import Family
from portal.core.errors import RuleError
from portal.core.forms import RefusalsAsMessages, ShowRefusals
from portal.core.http import get_or_post


class FieldRequest(PartnerRequest):
    """A request whose address contains a custom field."""

    field: CustomField


def load_field(request: FieldRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.field`` from the address, for ``needs``.

    Raise Http404 if there is none, or the person may not change the settings.
    """
    field_id: UUID = kwargs.pop("field_id")
    field = CustomField.objects.filter(pk=field_id).first()
    if field is None or not request.membership.may("change_settings"):
        raise Http404
    request.field = field


@needs("change_settings")
@require_safe
def fields(request: PartnerRequest) -> HttpResponse:
    """Show the fields in order, then the retired ones."""
    found = list(CustomField.objects.in_order())
    live = [field for field in found if not field.is_retired]
    context = {
        "rows": [
            {
                "field": field,
                "signs": _badges(field),
                "first": place == 0,
                "last": place == len(live) - 1,
            }
            for place, field in enumerate(live)
        ],
        "retired": [field for field in found if field.is_retired],
    }
    return render(request, "customers/fields.html", context)


def _badges(field: CustomField) -> list[str]:
    signs = [
        (field.is_required, _("Required")),
        (field.in_list, _("In the list")),
        (field.hidden_from_customers, _("Hidden from customer users")),
    ]
    families = [_("Required for %s") % Family(code).label for code in field.families]
    return [word for on, word in signs if on] + families


def _form_page(
    request: PartnerRequest, form: CustomFieldForm, field: CustomField | None
) -> HttpResponse:
    context = {
        "form": form,
        "field": field,
        "count": services.customers_with(field) if field is not None else 0,
    }
    return render(request, "customers/field.html", context)


def _save(request: PartnerRequest, field: CustomField | None) -> HttpResponse:
    form = CustomFieldForm(request.POST or None, instance=field)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            saved = services.save_custom_field(form.save(commit=False))
            messages.success(request, _("The field %s was saved.") % saved.label)
            return redirect("customers:fields")
    return _form_page(request, form, field)


@needs("change_settings")
@get_or_post
def field_add(request: PartnerRequest) -> HttpResponse:
    """Show the form of a new custom field; save it."""
    return _save(request, None)


@needs("change_settings", load=load_field, of="field")
@get_or_post
def field_change(request: FieldRequest) -> HttpResponse:
    """Show the form of a custom field; save the change."""
    return _save(request, request.field)


@needs("change_settings", load=load_field, of="field")
@require_POST
def move(request: FieldRequest) -> HttpResponse:
    """Move a field up or down by one."""
    services.move_custom_field(request.field, up=request.POST.get("to") == "up")
    return redirect("customers:fields")


@needs("change_settings", load=load_field, of="field")
@require_POST
def retire(request: FieldRequest) -> HttpResponse:
    """Remove a field from new records."""
    services.retire_custom_field(request.field, at=timezone.now())
    messages.success(request, _("%s is no longer asked for.") % request.field.label)
    return redirect("customers:fields")


@needs("change_settings", load=load_field, of="field")
@require_POST
def restore(request: FieldRequest) -> HttpResponse:
    """Bring a retired field back."""
    with RefusalsAsMessages(request):
        services.restore_custom_field(request.field)
        messages.success(request, _("%s is asked for again.") % request.field.label)
    return redirect("customers:fields")


@needs("change_settings", load=load_field, of="field")
@get_or_post
def delete(request: FieldRequest) -> HttpResponse:
    """Delete a field in which no customer has a value, after a confirmation."""
    field, refusal = request.field, ""
    if request.method == "POST":
        try:
            services.delete_custom_field(field)
        except RuleError as error:
            refusal = str(error)
        else:
            messages.success(request, _("The field %s was deleted.") % field.label)
            return redirect("customers:fields")
    context = {"field": field, "refusal": refusal, "count": services.customers_with(field)}
    return render(request, "customers/field_delete.html", context)
