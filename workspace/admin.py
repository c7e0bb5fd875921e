"""Partners for channel sales: create, rename, suspend, and change the vendor's fields."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from csp.decorators import csp_update
from django import forms
from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.core.admin_actions import ObjectActionsAdmin
from portal.core.forms import ShowRefusals, warn_of_characters
from portal.core.staff_rights import StaffGroup, may, require
from portal.tenancy.host_checks import check_hosts_of, set_state
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.logos import set_logo
from portal.tenancy.models import Partner, PartnerEvent
from workspace.admin_actions import ACTIONS, person_of
from workspace.admin_creations import PartnerCreationAdmin, failed_attempt, form_of
from workspace.admin_desk import BehindFilter
from workspace.admin_erasures import PartnerErasureAdmin
from workspace.admin_exports import PartnerExportAdmin
from workspace.admin_forms import (
    DomainFormSet,
    NewPartnerForm,
    PartnerForm,
)
from workspace.admin_hosts import DomainInline
from workspace.brand_preview import previews
from workspace.creating import ask_for_partner

__all__ = ["PartnerAdmin", "PartnerCreationAdmin", "PartnerErasureAdmin", "PartnerExportAdmin"]

# How many events a partner's page shows.
EVENTS = 20


@admin.register(Partner)
class PartnerAdmin(ObjectActionsAdmin[Partner]):
    """The vendor's partners; each page links to the partner's own admin."""

    group = StaffGroup.PARTNERS
    object_actions = ACTIONS
    change_form_template = "admin/partners/change_form.html"
    form = PartnerForm
    inlines = (DomainInline,)
    list_display = (
        "name",
        "slug",
        "account_id",
        "country",
        "currency",
        "language",
        "is_active",
        "created_at",
        "open",
    )
    list_filter = ("is_active", "currency", BehindFilter)
    search_fields = ("name__icontains", "slug__startswith", "account_id__startswith")
    ordering = ("name",)
    readonly_fields = (
        "name",
        "slug",
        "account_id",
        "currency",
        "is_active",
        "created_at",
        "open",
        "events",
    )
    fieldsets = (
        (
            None,
            {"fields": ("name", ("slug", "account_id"), ("is_active", "created_at"), "open")},
        ),
        (
            gettext_lazy("Where it is"),
            {"fields": ("country", "language", "time_zone", "currency", "uses_one_stop_shop")},
        ),
        (
            gettext_lazy("Mail and look"),
            {
                "fields": (
                    "notification_email",
                    "brand_colour",
                    "logo",
                    "remove_logo",
                    "address",
                    "organisation_number",
                    "mail_footer",
                    "vat_number",
                )
            },
        ),
        (gettext_lazy("What Channel Sales did"), {"fields": ("events",)}),
    )
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    @admin.display(description=gettext_lazy("customers and orders"))
    def open(self, partner: Partner) -> SafeString:
        return format_html('<a href="/admin/p/{}/">{}</a>', partner.slug, _("Open"))

    @admin.display(description=gettext_lazy("history"))
    def events(self, partner: Partner) -> str:
        """Show who suspended the partner or opened it again, when and why."""
        found = PartnerEvent.objects.filter(partner_id=partner.pk).select_related("user")
        return render_to_string(
            "admin/partners/events.html", {"events": found.order_by("-at")[:EVENTS]}
        )

    def save_model(
        self, request: HttpRequest, obj: Partner, form: ModelForm[Partner], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        warn_of_characters(request, form)
        logo, remove = form.cleaned_data["logo"], form.cleaned_data["remove_logo"]
        if logo is not None or remove:
            set_logo(obj, logo, at=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.preview_view))
        name = self.url_name("preview").partition(":")[2]
        return [path("<uuid:pk>/preview/", view, name=name), *super().get_urls()]

    @method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}))
    def preview_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show the brand as it stands in the form, without saving anything (CHAN-23)."""
        require(self.has_change_permission(request))
        partner = self.load(request, pk)
        form = PartnerForm(request.POST, request.FILES, instance=partner)
        if not form.is_valid():
            name = _("Preview the brand")
            plain = cast("forms.Form", form)
            return self.form_page(
                request, plain, title=name, submit=name, back=self.page_of(partner)
            )
        data = form.cleaned_data
        shown = previews(partner, data["logo"], without_logo=data["remove_logo"])
        context = {"title": _("Preview"), "crumb": str(partner), "original": partner, **shown}
        return self.page(request, "admin/partners/preview.html", context)

    def save_formset(
        self, request: HttpRequest, form: ModelForm[Partner], formset: DomainFormSet, change: bool
    ) -> None:
        """Save the hosts; a new name waits until it is checked (CHAN-22)."""
        for each in formset.forms:
            if "domain" in each.changed_data:
                set_state(each.instance, at=timezone.now())
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        check_hosts_of(form.instance)
        forget_hosts()

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Let the worker make a partner; with ``again`` one whose attempt failed (CHAN-20)."""
        require(self.has_add_permission(request))
        failed = failed_attempt(request.GET.get("again", ""))
        form = form_of(failed) if failed is not None else NewPartnerForm()
        if request.method == "POST":
            form = NewPartnerForm(request.POST)
            if form.is_valid():
                with ShowRefusals(form):
                    job = ask_for_partner(
                        form.cleaned_data, by=person_of(request), at=timezone.now(), again=failed
                    )
                    warn_of_characters(request, form)
                    return redirect("admin:tenancy_partnercreation_change", job.pk)
        return self.form_page(
            request,
            form,
            title=_("Create partner"),
            submit=_("Create partner"),
            back="../",
        )
