"""Views of a customer's files: add, download, delete; each checks the person's right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.http import CustomerRequest, load_customer
from customers.models import may_change
from customers.page_sections import PageList
from customers.views.asking_to_delete import asked
from portal.accounts.access import needs
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post
from portal.files import services as files
from portal.files.models import Attachment, AttachmentQuerySet

SORTS: dict[str, tuple[Any, ...]] = {
    "name": (Lower("name"), "created_at"),
    "size": ("size", "created_at"),
    "added": ("created_at",),
}


class FileForm(forms.Form):
    """The form that adds a file to a customer."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=300,
        help_text=gettext_lazy("At most 5 MB: PDF, PNG, JPEG, TIFF, text, CSV, Excel or Word."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )


def may_put(request: CustomerRequest) -> bool:
    """Return whether the person may add files, for ``needs(allow=...)``.

    These are the partner's own people who may change the customer.
    """
    person = request.membership
    return person.customer_id is None and may_change(request.customer, person)


def may_read(request: CustomerRequest) -> bool:
    """Return whether the person may see files, for ``needs(allow=...)``.

    These are the partner's own people; a customer's users do not see files.
    """
    return request.membership.customer_id is None


def _of(request: CustomerRequest) -> AttachmentQuerySet:
    return Attachment.objects.of_register(request.customer.pk)


def files_context(request: CustomerRequest) -> dict[str, Any]:
    """Return the files for the customer's page (REG-12, REG-14).

    The newest ten are shown, or all on request.
    """
    if not may_read(request):
        return {"sees_files": False}
    stored = _of(request).select_related("created_by__user")
    found = PageList(request, stored, name="files", sorts=SORTS, default="-added")
    return {
        "sees_files": True,
        "file_list": found,
        "files": [(row, filesizeformat(row.size)) for row in found.rows],
        "may_put_files": may_put(request),
        "may_delete_files": request.membership.may("delete_attachment"),
    }


@needs(load=load_customer, of="customer", allow=may_put)
@get_or_post
def add(request: CustomerRequest) -> HttpResponse:
    """Add a file to a customer."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            with ShowRefusals(form):
                stored = files.store_file(
                    customer=request.customer,
                    about=request.customer,
                    upload=form.cleaned_data["file"],
                    by=request.membership,
                    at=timezone.now(),
                )
                messages.success(request, _("%s was added.") % stored.name)
                return redirect("customers:customer", request.customer.pk)
    return render(request, "customers/file.html", {"form": form, "customer": request.customer})


@needs(load=load_customer, of="customer", allow=may_read)
@require_safe
def download(request: CustomerRequest, file_id: UUID) -> HttpResponse:
    """Return the file as a download."""
    found = _of(request).select_related("content")
    return files.served(get_object_or_404(found, pk=file_id))


@needs("delete_attachment", load=load_customer, of="customer", allow=may_read)
@get_or_post
def delete(request: CustomerRequest, file_id: UUID) -> HttpResponse:
    """Delete a file, after a confirmation (REG-24)."""
    attachment: Attachment = get_object_or_404(_of(request), pk=file_id)
    return asked(
        request,
        lambda: files.delete_file(attachment),
        name=attachment.name,
        text=_("The file is deleted. The log keeps its name. This cannot be undone."),
    )
