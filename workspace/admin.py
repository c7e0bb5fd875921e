"""Partners for channel sales: create, rename, suspend, and change the vendor's fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.admin_actions import ObjectAction, ObjectActionsAdmin
from portal.core.forms import ShowRefusals, warn_of_characters
from portal.core.staff_rights import StaffGroup, StaffRights, may, require
from portal.tenancy.hosts import forget_hosts
from portal.tenancy.logos import set_logo
from portal.tenancy.models import Domain, Partner
from workspace.admin_desk import BehindFilter
from workspace.admin_forms import (
    DomainForm,
    DomainFormSet,
    NewPartnerForm,
    PartnerForm,
    RenameForm,
)
from workspace.partners import create_partner, rename_partner

Data = Mapping[str, Any]


class DomainInline(StaffRights, admin.TabularInline[Domain, Partner]):
    group = StaffGroup.PARTNERS
    model = Domain
    form = DomainForm
    formset = DomainFormSet
    extra = 0
    min_num = 1


def _rename(request: HttpRequest, partner: Partner, data: Data) -> str:
    before = partner.name
    rename_partner(partner, name=data["name"], at=timezone.now())
    return _("%(before)s is called %(name)s now.") % {"before": before, "name": partner.name}


def _set_active(partner: Partner, active: bool) -> None:
    partner.is_active = active
    partner.save(update_fields=["is_active"])
    forget_hosts()


def _suspend(request: HttpRequest, partner: Partner, data: Data) -> str:
    _set_active(partner, False)
    return _("%(partner)s is suspended.") % {"partner": partner.name}


def _resume(request: HttpRequest, partner: Partner, data: Data) -> str:
    _set_active(partner, True)
    return _("%(partner)s is active again.") % {"partner": partner.name}


ACTIONS: dict[str, ObjectAction[Partner]] = {
    "rename": ObjectAction(
        label=gettext_lazy("Rename"),
        title=lambda partner: _("Rename %(partner)s") % {"partner": partner.name},
        run=_rename,
        form=RenameForm,
        explain=lambda partner: [_("Its own-company customer gets the same name.")],
    ),
    "resume": ObjectAction(
        label=gettext_lazy("End the suspension"),
        title=lambda partner: _("Let %(partner)s work again?") % {"partner": partner.name},
        run=_resume,
        why_not=lambda partner: (
            _("%(partner)s is active.") % {"partner": partner.name} if partner.is_active else ""
        ),
    ),
    "suspend": ObjectAction(
        label=gettext_lazy("Suspend"),
        title=lambda partner: _("Suspend %(partner)s?") % {"partner": partner.name},
        run=_suspend,
        why_not=lambda partner: (
            ""
            if partner.is_active
            else _("%(partner)s is suspended already.") % {"partner": partner.name}
        ),
        explain=lambda partner: [
            _("Its hosts answer like unknown ones within half a minute. Nothing is deleted."),
        ],
        danger=True,
    ),
}


@admin.register(Partner)
class PartnerAdmin(ObjectActionsAdmin[Partner]):
    """The vendor's partners; each page links to the partner's own admin."""

    group = StaffGroup.PARTNERS
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
    list_filter = ("is_active", "currency", BehindFilter)
    search_fields = ("name__icontains", "slug__startswith", "account_id__startswith")
    ordering = ("name",)
    readonly_fields = ("name", "slug", "account_id", "currency", "is_active", "created_at", "open")
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
                    "vat_number",
                )
            },
        ),
    )
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    @admin.display(description=gettext_lazy("customers and orders"))
    def open(self, partner: Partner) -> SafeString:
        return format_html('<a href="/admin/p/{}/">{}</a>', partner.slug, _("Open"))

    def save_model(
        self, request: HttpRequest, obj: Partner, form: ModelForm[Partner], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        warn_of_characters(request, form)
        logo, remove = form.cleaned_data["logo"], form.cleaned_data["remove_logo"]
        if logo is not None or remove:
            set_logo(obj, logo, at=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        forget_hosts()

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Create a partner with everything it needs, or nothing at all."""
        require(self.has_add_permission(request))
        form = NewPartnerForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = {**form.cleaned_data, "host": form.cleaned_data["host"] or None}
            with ShowRefusals(form):
                partner = create_partner(at=timezone.now(), **data)
                self.log_addition(request, partner, _("Created"))
                text = _("%(partner)s is created.") % {"partner": partner.name}
                messages.success(request, text)
                warn_of_characters(request, form)
                return redirect(self.page_of(partner))
        return self.form_page(
            request,
            form,
            title=_("Create partner"),
            submit=_("Create partner"),
            back="../",
        )
