"""The hosts of a partner on its page (CHAN-22)."""

from __future__ import annotations

from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from portal.core.staff_rights import StaffGroup, StaffRights
from portal.tenancy.host_checks import alias_of
from portal.tenancy.models import Domain, Partner
from workspace.admin_forms import DomainForm, DomainFormSet


class DomainInline(StaffRights, admin.TabularInline[Domain, Partner]):
    group = StaffGroup.PARTNERS
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
