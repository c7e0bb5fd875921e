"""The page that asks before something that belongs to a customer is deleted."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.http import CustomerRequest
from portal.core.forms import RefusalsAsMessages


def asked(
    request: CustomerRequest, delete: Callable[[], None], *, name: str, text: str
) -> HttpResponse:
    """Ask whether to delete what is called ``name``; on POST, delete it.

    ``text`` says what the deletion means. A RuleError of ``delete`` is shown on the customer's
    page.
    """
    if request.method == "POST":
        with RefusalsAsMessages(request):
            delete()
            messages.success(request, _("%s was deleted.") % name)
        return redirect("customers:customer", request.customer.pk)
    context = {
        "customer": request.customer,
        "title": _("Delete %s?") % name,
        "text": text,
        "submit": _("Delete %s") % name,
    }
    return render(request, "customers/confirm.html", context)
