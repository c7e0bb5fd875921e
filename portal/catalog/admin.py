"""The catalogue for channel sales, who maintain it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import ManyToManyField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.catalog.models import (
    BusinessType,
    Price,
    Product,
    ProductFamily,
    RatePlan,
    TermsVersion,
    VatRate,
)
from portal.catalog.offering import offerings
from portal.catalog.offering_form import OfferingForm
from portal.core.admin_actions import StaffAdmin
from portal.core.admin_inlines import NamedFormSet
from portal.core.staff_rights import StaffGroup, StaffRights


class PriceFormSet(NamedFormSet[Price, Product, forms.ModelForm[Price]]):
    """The prices of a product: one that holds is never changed, a new one holds later (CHAN-43)."""

    def clean(self) -> None:
        """Refuse to change what holds, and to add what would have held already."""
        super().clean()
        today = timezone.localdate()
        for form in self.forms:
            held = form.instance.pk is not None and form.initial["valid_from"] <= today
            if held and form in self.deleted_forms:
                raise forms.ValidationError(_("A price that holds can't be deleted."))
            if held and form.has_changed():
                form.add_error(None, _("This price holds already. Add one from a later day."))
            elif not held and form.has_changed() and self._comes_too_late(form, today):
                form.add_error("valid_from", _("A new price holds from tomorrow at the earliest."))

    def _comes_too_late(self, form: forms.ModelForm[Price], today: date) -> bool:
        """Return whether a new price would replace one that holds; a first one may hold at once."""
        data = form.cleaned_data
        if not data.get("valid_from") or data["valid_from"] > today or not data.get("rate_plan"):
            return False
        same = {"rate_plan": data["rate_plan"], "currency": data["currency"]}
        known = Price._default_manager.filter(product=self.instance, valid_from__lte=today, **same)
        return self.instance.pk is not None and known.exists()


class PriceInline(StaffRights, admin.TabularInline[Price, Product]):
    group = StaffGroup.CATALOGUE
    model = Price
    formset = PriceFormSet
    extra = 0
    ordering = ("rate_plan", "currency", "-valid_from")


@admin.register(Product)
class ProductAdmin(StaffAdmin[Product]):
    group = StaffGroup.CATALOGUE
    list_display = (
        "sku",
        "name",
        "family",
        "part",
        "chargeable",
        "available_to_residential",
        "orderable",
    )
    list_filter = ("family", "part", "orderable", "chargeable", "available_to_residential")
    search_fields = ("sku", "name", "name_de", "name_sv")
    ordering = ("family", "position", "sku")
    inlines = (PriceInline,)
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    change_list_template = "admin/catalog/product/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the address of what can be bought."""
        view = self.admin_site.admin_view(self.offering_view)
        return [path("offering/", view, name="catalog_product_offering"), *super().get_urls()]

    def offering_view(self, request: HttpRequest) -> HttpResponse:
        """Show what a customer of a type, plan, currency and family can buy, and why not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = OfferingForm(request.GET or None)
        asked = form.asked()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What can be bought"),
            "form": form,
            "rows": offerings(day=timezone.localdate(), **asked) if asked else [],
        }
        return TemplateResponse(request, "admin/catalog/product/offering.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Forbid deletion: products are withdrawn (ORD-28), since orders point at them."""
        return False


@admin.register(ProductFamily)
class ProductFamilyAdmin(StaffAdmin[ProductFamily]):
    group = StaffGroup.CATALOGUE
    list_display = ("code", "requires_channel_registration", "lead_days", "position")
    ordering = ("position",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(RatePlan)
class RatePlanAdmin(StaffAdmin[RatePlan]):
    group = StaffGroup.CATALOGUE
    list_display = ("name", "position", "is_master")
    ordering = ("position", "id")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Forbid deletion: customers in the partners' schemas point at plans."""
        return False


@admin.register(BusinessType)
class BusinessTypeAdmin(StaffAdmin[BusinessType]):
    group = StaffGroup.CATALOGUE
    list_display = ("name", "name_de", "name_sv", "position")
    ordering = ("position", "name")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Forbid deletion: customers in the partners' schemas point at types."""
        return False


@admin.register(VatRate)
class VatRateAdmin(StaffAdmin[VatRate]):
    group = StaffGroup.CATALOGUE
    list_display = ("country", "valid_from", "percent")
    list_filter = ("country",)
    ordering = ("country", "-valid_from")


@admin.register(TermsVersion)
class TermsVersionAdmin(StaffAdmin[TermsVersion]):
    group = StaffGroup.CATALOGUE
    list_display = ("title", "version", "language", "published_at")
    list_filter = ("language",)
    ordering = ("language", "-published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: TermsVersion | None = None) -> Any:
        """Make a published text read-only, since it is what people accepted (CON-20)."""
        if obj is not None and obj.published_at is not None:
            return ("language", "version", "title", "text", "published_at")
        return ()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Forbid deletion: acceptances in the partners' schemas point at texts (CON-20)."""
        return False
