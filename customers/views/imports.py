"""Views of imports: upload, columns, preview, import, history (REG-06)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.imports import files, jobs
from customers.imports.forms import MappingForm, UploadForm
from customers.imports.mapping import labels, own_columns
from customers.imports.reading_form import ReadingForm, first_rows
from customers.imports.rows import MASK
from customers.imports.tables import CSV, XLSX, Unreadable
from customers.imports.values import hidden_fields
from customers.models import Customer, CustomerImport, CustomField
from portal.accounts.access import PartnerRequest, needs
from portal.core.errors import RuleError
from portal.core.forms import RefusalsAsMessages
from portal.core.http import form_data, get_or_post
from portal.core.limits import exceeded, too_many

# Uploads are counted, since each check tells which of many names exist somewhere (INP-13).
UPLOADS_AN_HOUR = 30
HISTORY = 10
ERRORS_A_PAGE = 100
PREVIEW_ROWS = 10

SIGNS = {
    CustomerImport.State.UPLOADED: "",
    CustomerImport.State.CHECKING: "is-live",
    CustomerImport.State.FAULTY: "is-bad",
    CustomerImport.State.CHECKED: "is-warn",
    CustomerImport.State.WRITING: "is-live",
    CustomerImport.State.DONE: "is-ok",
    CustomerImport.State.FAILED: "is-bad",
    CustomerImport.State.UNDONE: "is-off",
}


class ImportRequest(PartnerRequest):
    """A request whose address contains an import."""

    job: CustomerImport


def load_import(request: ImportRequest, kwargs: dict[str, Any]) -> None:
    """Set ``request.job`` from the address, for ``needs``. Raise Http404 if there is none."""
    import_id: UUID = kwargs.pop("import_id")
    job = CustomerImport.objects.select_related("created_by__user").filter(pk=import_id).first()
    if job is None:
        raise Http404
    request.job = job


def _history(request: PartnerRequest) -> dict[str, Any]:
    found = CustomerImport.objects.light().select_related("created_by__user")
    total = found.count()
    show_all = request.GET.get("all") == "imports"
    rows = found.order_by("-created_at", "-pk")
    shown = list(rows if show_all else rows[:HISTORY])
    return {
        "imports": [(job, SIGNS[CustomerImport.State(job.state)]) for job in shown],
        "total": total,
        "more": total > len(shown),
    }


@needs("import_customer")
@get_or_post
def upload(request: PartnerRequest) -> HttpResponse:
    """Upload a file; below the form, show the earlier imports."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if wait := exceeded("imports", str(request.user.pk), allowed=UPLOADS_AN_HOUR, seconds=3600):
            reason = _("At most %(n)s files can be uploaded in an hour.") % {"n": UPLOADS_AN_HOUR}
            return too_many(request, wait, reason)
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                job = jobs.upload(
                    content=form.cleaned_data["file"].read(),
                    name=form.cleaned_data["file"].name,
                    by=request.membership,
                    language=(get_language() or "en")[:2],
                    at=timezone.now(),
                )
            except Unreadable as error:
                form.add_error("file", str(error))
            else:
                return redirect("customers:import", job.pk)
    return render(request, "customers/import/upload.html", {"form": form, **_history(request)})


@needs("import_customer")
@require_safe
def template(request: PartnerRequest, ending: str) -> HttpResponse:
    """Return the template as CSV or XLSX, in the reader's language."""
    if ending not in (CSV, XLSX):
        raise Http404
    return files.template(ending)


@needs("import_customer", load=load_import, of="import")
@require_safe
def show(request: ImportRequest) -> HttpResponse:
    """Show an import: its progress, errors, preview or result."""
    job = request.job
    if job.state == CustomerImport.State.UPLOADED:
        return redirect("customers:import_columns", job.pk)
    context = {
        "job": job,
        "sign": SIGNS[CustomerImport.State(job.state)],
        "done": jobs.progress(job),
        **_errors(request, job),
    }
    if job.state == CustomerImport.State.CHECKED:
        try:
            context |= _preview(job)
        except RuleError as error:
            return _unreadable(request, error)
    if job.state == CustomerImport.State.DONE:
        context["made"] = Customer.objects.filter(pk__in=job.made.values("customer_id")).count()
    partial = request.headers.get("HX-Request") == "true" and job.is_under_way
    name = "_progress" if partial else "show"
    response = render(request, f"customers/import/{name}.html", context)
    if request.headers.get("HX-Request") == "true" and not job.is_under_way:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
    return response


def _unreadable(request: PartnerRequest, error: RuleError) -> HttpResponse:
    """Show the upload page with a message: the key of the file is lost."""
    messages.error(request, str(error))
    return redirect("customers:import_upload")


def _errors(request: PartnerRequest, job: CustomerImport) -> dict[str, Any]:
    page = Paginator(job.errors, ERRORS_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "rows_with_errors": len({error[0] for error in job.errors})}


def _preview(job: CustomerImport) -> dict[str, Any]:
    """Return the first rows of the file, below the names of the fields that they go to."""
    table = jobs.table_of(job)
    names = labels(own_columns(CustomField.objects.in_order()))
    places = [(place, key) for place, key in enumerate(job.mapping) if key in names]
    usual_type = job.defaults.get("type", "")
    return {
        "heads": [names[key] for _place, key in places],
        "preview": [_shown(row.cells, places, usual_type) for row in table.rows[:PREVIEW_ROWS]],
        "left_out": [
            header for header, key in zip(table.headers, job.mapping, strict=False) if not key
        ],
    }


def _shown(cells: list[str], places: list[tuple[int, str]], usual_type: str) -> list[str]:
    """Return the cells of a row with personal numbers masked, in a shared column too (D19)."""
    row = {key: cells[place] if place < len(cells) else "" for place, key in places}
    hidden = hidden_fields(row.get("type") or usual_type)
    return [MASK if text and key in hidden else text for key, text in row.items()]


@needs("import_customer", load=load_import, of="import")
@get_or_post
def reading(request: ImportRequest) -> HttpResponse:
    """Choose sheet, encoding and row of the headings; a GET of the scripts shows the rows so."""
    job = request.job
    if not job.is_open:
        return redirect("customers:import", job.pk)
    try:
        form = ReadingForm(request.POST or request.GET, job=job, table=jobs.table_of(job))
        with RefusalsAsMessages(request):
            if form.is_valid() and request.method == "POST":
                jobs.read_again(job, form.reading(), at=timezone.now())
        if request.method == "POST":
            return redirect("customers:import_columns", job.pk)
        table = jobs.preview_of(job, form.reading()) if form.is_valid() else form.shown
    except Unreadable as error:
        return render(request, "customers/import/_read.html", {"problem": str(error)})
    except RuleError as error:
        return _unreadable(request, error)
    return render(request, "customers/import/_read.html", {"shown": first_rows(table)})


@needs("import_customer", load=load_import, of="import")
@get_or_post
def columns(request: ImportRequest) -> HttpResponse:
    """Choose the field of each column, then start the check of the rows."""
    job = request.job
    if not job.is_open:
        return redirect("customers:import", job.pk)
    data = form_data(request)
    try:
        table = jobs.table_of(job)
    except RuleError as error:
        return _unreadable(request, error)
    form = MappingForm(data, job=job, table=table, person=request.membership)
    if request.method == "POST" and form.is_valid():
        try:
            jobs.assign_columns(
                job, mapping=form.mapping, defaults=form.defaults, at=timezone.now()
            )
        except RuleError as error:
            messages.error(request, str(error))
        return redirect("customers:import", job.pk)
    context = {
        "form": form,
        "job": job,
        "reading": ReadingForm(job=job, table=table),
        "shown": first_rows(table),
    }
    return render(request, "customers/import/columns.html", context)


@needs("import_customer", load=load_import, of="import")
@require_POST
def start(request: ImportRequest) -> HttpResponse:
    """Start to import what was previewed."""
    try:
        jobs.start_writing(request.job, by=request.membership, at=timezone.now())
    except RuleError as error:
        messages.error(request, str(error))
    return redirect("customers:import", request.job.pk)


@needs("import_customer", load=load_import, of="import")
@require_safe
def error_file(request: ImportRequest) -> HttpResponse:
    """Return the uploaded file with a column of reasons."""
    if request.job.state != CustomerImport.State.FAULTY:
        return redirect("customers:import", request.job.pk)
    try:
        return files.annotated(request.job)
    except RuleError as error:
        return _unreadable(request, error)


@needs("import_customer", load=load_import, of="import")
@get_or_post
def undo(request: ImportRequest) -> HttpResponse:
    """Undo an import while its customers are not in use."""
    job = request.job
    if request.method == "POST":
        with RefusalsAsMessages(request):
            count = jobs.undo(job, at=timezone.now())
            messages.success(request, _("%s removed.") % jobs.rows_words(count))
        return redirect("customers:import", job.pk)
    if job.state != CustomerImport.State.DONE:
        return redirect("customers:import", job.pk)
    return render(request, "customers/import/undo.html", {"job": job})


@needs("import_customer", load=load_import, of="import")
@get_or_post
def discard(request: ImportRequest) -> HttpResponse:
    """Delete an upload that was not imported, after a confirmation."""
    if request.method != "POST":
        if not request.job.is_disposable:
            return redirect("customers:import", request.job.pk)
        return render(request, "customers/import/discard.html", {"job": request.job})
    try:
        jobs.discard(request.job)
    except RuleError as error:
        messages.error(request, str(error))
        return redirect("customers:import", request.job.pk)
    messages.success(request, _("The upload was discarded."))
    return redirect("customers:import_upload")
