"""Platforms and the steps of their onboarding, for channel sales (ONB-01)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from customers.models import Onboarding
from customers.onboarding.flow import flow_of, step_of
from customers.onboarding.forms.step import StepForm
from portal.catalog.models import AllowedNetwork, Platform, PlatformStep, StepField
from portal.core.admin_actions import StaffAdmin
from portal.core.admin_inlines import NamedFormSet
from portal.core.staff_rights import StaffGroup, StaffRights, require

FormSets = list[forms.BaseModelFormSet[Any, Any]]


def _raise_version(platform_id: int) -> None:
    Platform._default_manager.filter(pk=platform_id).update(version=F("version") + 1)


class StepInline(StaffRights, admin.TabularInline[PlatformStep, Platform]):
    group = StaffGroup.CATALOGUE
    model = PlatformStep
    formset = NamedFormSet[PlatformStep, Platform, forms.ModelForm[PlatformStep]]
    fields = ("code", "title", "test", "position")
    extra = 0
    ordering = ("position", "pk")
    show_change_link = True


class FieldInline(StaffRights, admin.StackedInline[StepField, PlatformStep]):
    group = StaffGroup.CATALOGUE
    model = StepField
    formset = NamedFormSet[StepField, PlatformStep, forms.ModelForm[StepField]]
    extra = 0
    ordering = ("position", "pk")
    fieldsets = (
        (None, {"fields": (("code", "kind", "position"), ("is_required", "is_fact"))}),
        (
            _("Text"),
            {"fields": (("label", "label_de", "label_sv"), ("help", "help_de", "help_sv"))},
        ),
        (
            _("What is accepted"),
            {
                "classes": ("collapse",),
                "fields": (
                    "choices",
                    ("pattern", "example"),
                    ("minimum", "maximum"),
                    ("only_if", "inside"),
                ),
            },
        ),
    )


@admin.register(Platform)
class PlatformAdmin(StaffAdmin[Platform]):
    group = StaffGroup.CATALOGUE
    list_display = ("name", "code", "is_offered", "version", "position")
    ordering = ("position", "name")
    readonly_fields = ("version",)
    inlines = (StepInline,)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Any],
        formsets: list[forms.BaseModelFormSet[Any, Any]],
        change: bool,
    ) -> None:
        """Save the steps, and note that the platform is another one for new onboardings."""
        super().save_related(request, form, formsets, change)
        if any(formset.has_changed() for formset in formsets):
            _raise_version(form.instance.pk)


@admin.register(PlatformStep)
class PlatformStepAdmin(StaffAdmin[PlatformStep]):
    group = StaffGroup.CATALOGUE
    list_display = ("__str__", "code", "test", "position")
    list_filter = ("platform",)
    ordering = ("platform", "position")
    readonly_fields = ("preview_link",)
    inlines = (FieldInline,)

    def get_urls(self) -> list[URLPattern]:
        """Return Django's addresses, and that of the preview."""
        view = self.admin_site.admin_view(self.preview)
        name = "catalog_platformstep_preview"
        return [path("<int:step_id>/preview/", view, name=name), *super().get_urls()]

    @admin.display(description=_("Preview"))
    def preview_link(self, row: PlatformStep) -> SafeString | str:
        """Return the link to the form as the partner sees it."""
        if row.pk is None:
            return "–"
        url = reverse("admin:catalog_platformstep_preview", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, _("The form as the partner sees it"))

    def preview(self, request: HttpRequest, step_id: int) -> HttpResponse:
        """Show the form of a step as the partner will see it; nothing can be sent."""
        require(self.has_view_permission(request))
        row = get_object_or_404(
            PlatformStep._default_manager.select_related("platform"), pk=step_id
        )
        # Never saved: no partner is chosen here.
        onboarding = Onboarding(
            partner_id=uuid4(), platform=row.platform.code, flow=flow_of(row.platform)
        )
        step = step_of(onboarding, row.code)
        assert step is not None
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "step": step,
            "form": StepForm(onboarding=onboarding, step=step),
            "row": row,
        }
        return render(request, "admin/catalog/platformstep/preview.html", context)

    def save_related(
        self,
        request: HttpRequest,
        form: forms.ModelForm[Any],
        formsets: list[forms.BaseModelFormSet[Any, Any]],
        change: bool,
    ) -> None:
        """Save the fields, and note that the platform is another one for new onboardings."""
        super().save_related(request, form, formsets, change)
        if form.has_changed() or any(formset.has_changed() for formset in formsets):
            _raise_version(form.instance.platform_id)


@admin.register(AllowedNetwork)
class AllowedNetworkAdmin(StaffAdmin[AllowedNetwork]):
    group = StaffGroup.CATALOGUE
    list_display = ("network", "note")
    ordering = ("network",)
