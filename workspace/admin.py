"""Partners for channel sales: create, rename, suspend, and change the vendor's fields."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.admin_actions import ObjectActionsAdmin, StaffRights, is_staff
from portal.core.forms import ShowRefusals, warn_of_characters
from portal.core.http import parse_uuid
from portal.tenancy.host_checks import alias_of, check_hosts_of, set_state
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.logos import set_logo
from portal.tenancy.models import Domain, Partner, PartnerCreation, PartnerEvent
from workspace.admin_actions import ACTIONS, person_of
from workspace.admin_creations import PartnerCreationAdmin, form_of
from workspace.admin_erasures import PartnerErasureAdmin
from workspace.admin_exports import PartnerExportAdmin
from workspace.admin_forms import (
    DomainForm,
    DomainFormSet,
    NewPartnerForm,
    PartnerForm,
)
from workspace.creating import ask_for_partner

__all__ = ["PartnerAdmin", "PartnerCreationAdmin", "PartnerErasureAdmin", "PartnerExportAdmin"]

# How many events a partner's page shows.
EVENTS = 20


class DomainInline(StaffRights, admin.TabularInline[Domain, Partner]):
    model = Domain
    form = DomainForm
    formset = DomainFormSet
    extra = 0
    min_num = 1
    fields = ("domain", "is_primary", "how_it_is")
    readonly_fields = ("how_it_is",)

    @admin.display(description=gettext_lazy("state"))
    def how_it_is(self, domain: Domain) -> str:
        """Show whether the host is verified, else which record to set and what was found."""
        if not domain.pk:
            return ""
        context = {"domain": domain, "alias": alias_of(domain.tenant)}
        return render_to_string("admin/partners/host.html", context)


@admin.register(Partner)
class PartnerAdmin(ObjectActionsAdmin[Partner]):
    """The vendor's partners; each page links to the partner's own admin."""

    object_actions = ACTIONS
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
    list_filter = ("is_active", "currency")
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
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_staff(request)

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
        if not self.has_add_permission(request):
            raise PermissionDenied
        failed = _failed_attempt(request.GET.get("again", ""))
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


def _failed_attempt(text: str) -> PartnerCreation | None:
    pk = parse_uuid(text)
    if pk is None:
        return None
    return PartnerCreation.objects.filter(pk=pk, state=PartnerCreation.State.FAILED).first()
