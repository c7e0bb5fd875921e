"""The catalogue for channel sales, who maintain it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from portal.catalog.models import (
    BusinessType,
    Price,
    Product,
    ProductFamily,
    RatePlan,
    TermsVersion,
    VatRate,
)
from portal.core.admin_actions import StaffAdmin
from portal.core.admin_inlines import NamedFormSet
from portal.core.staff_rights import StaffGroup, StaffRights


class PriceInline(StaffRights, admin.TabularInline[Price, Product]):
    group = StaffGroup.CATALOGUE
    model = Price
    formset = NamedFormSet[Price, Product, forms.ModelForm[Price]]
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
