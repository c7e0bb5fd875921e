"""Templates of orders: their list, and how they come and go (ORD-55)."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.forms.templates import TemplateForm
from orders.http import OrderRequest, TemplateRequest, load_order, load_template
from orders.models import OrderTemplate, OrderTemplateLine
from orders.services.templates import may_keep, rename_template, save_as_template
from portal.accounts.access import PartnerRequest, needs
from portal.core.forms import ShowRefusals
from portal.core.http import get_or_post


@needs("add_order")
@require_safe
def template_list(request: PartnerRequest) -> HttpResponse:
    """Show the partner's templates, with what each holds."""
    lines = OrderTemplateLine.objects.select_related("product").order_by("position")
    found = OrderTemplate.objects.select_related("created_by__user").order_by("name")
    rows = [
        {
            "template": each,
            "lines": list(each.lines.all()),
            "may_keep": may_keep(each, request.membership),
        }
        for each in found.prefetch_related(Prefetch("lines", lines))
    ]
    return render(request, "orders/templates.html", {"rows": rows})


@needs("add_order", load=load_order, of="order")
@get_or_post
def add(request: OrderRequest) -> HttpResponse:
    """Keep the products of an order as a template."""
    form = TemplateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            made = save_as_template(
                request.order.pk,
                name=form.cleaned_data["name"],
                by=request.membership,
                at=timezone.now(),
            )
            messages.success(request, _("The template %s was added.") % made.name)
            return redirect("orders:templates")
    lines = request.order.lines.select_related("product").order_by("position")
    context = {"form": form, "order": request.order, "lines": lines}
    return render(request, "orders/template_add.html", context)


def _may_keep(request: TemplateRequest) -> bool:
    """Return whether the person may change the template, for ``needs(allow=...)``."""
    return may_keep(request.template, request.membership)


@needs(load=load_template, of="template", allow=_may_keep)
@get_or_post
def rename(request: TemplateRequest) -> HttpResponse:
    """Give a template another name."""
    template = request.template
    form = TemplateForm(request.POST or None, initial={"name": template.name})
    if request.method == "POST" and form.is_valid():
        with ShowRefusals(form):
            rename_template(template, form.cleaned_data["name"])
            messages.success(request, _("%s was saved.") % template.name)
            return redirect("orders:templates")
    template.refresh_from_db()
    return render(request, "orders/template_rename.html", {"form": form, "template": template})


@needs(load=load_template, of="template", allow=_may_keep)
@get_or_post
def delete(request: TemplateRequest) -> HttpResponse:
    """Ask, then delete a template; orders that were made from it stay."""
    template = request.template
    if request.method == "POST":
        template.delete()
        messages.success(request, _("The template %s was deleted.") % template.name)
        return redirect("orders:templates")
    return render(request, "orders/template_delete.html", {"template": template})
