"""People for channel sales: staff are managed here, a partner's people are read-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.admin_actions import ACTIONS, groups_in_words
from portal.accounts.admin_forms import StaffForm, send_reset
from portal.accounts.models import Membership, Role, User
from portal.accounts.services.staff import add_staff, groups_of
from portal.core.admin_actions import ObjectActionsAdmin, ReadOnlyAdmin
from portal.core.staff_rights import StaffGroup, may, require
from portal.tenancy.context import in_public


class GroupFilter(admin.SimpleListFilter):
    """The filter by the groups of channel sales."""

    title = gettext_lazy("rights")
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return StaffGroup.choices

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[User]
    ) -> models.QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(ObjectActionsAdmin[User]):
    """Everybody who can sign in. Nobody is deleted, and no password is shown or entered here."""

    object_actions = ACTIONS
    list_display = ("name", "email", "rights", "is_active", "language", "last_login")
    list_filter = ("is_staff", GroupFilter, "is_active", "language")
    search_fields = ("name__icontains", "email__icontains")
    ordering = ("email",)
    readonly_fields = ("email", "rights", "is_active", "date_joined", "last_login")
    fields = ("name", "language", *readonly_fields)
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, StaffGroup.STAFF)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Allow name and language to be edited; everything else is done by object actions.

        Channel sales' people belong to who manages staff, all others to who manages partners. A
        superuser is changed by superusers.
        """
        if not isinstance(obj, User):
            return any(
                may(request.user, group) for group in (StaffGroup.STAFF, StaffGroup.PARTNERS)
            )
        if obj.is_superuser:
            return bool(request.user.is_active and request.user.is_superuser)
        return may(request.user, StaffGroup.STAFF if obj.is_staff else StaffGroup.PARTNERS)

    def has_act_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("Channel Sales"))
    def rights(self, user: User) -> str:
        """Return the person's groups; nothing for the people of partners."""
        if not user.is_staff:
            return ""
        return _("everything") if user.is_superuser else groups_in_words(groups_of(user))

    def action_view(self, request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        """Carry out an action, unless people would lock themselves out."""
        if key == "deactivate" and pk == request.user.pk:
            messages.error(request, _("You can't deactivate yourself."))
            return redirect(self.page_of(self.load(request, pk)))
        return super().action_view(request, pk, key)

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Add a member of channel sales, who sets a password by the mailed link."""
        require(self.has_add_permission(request))
        form = StaffForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with in_public():
                user = add_staff(**form.cleaned_data)
                send_reset(request, user)
            self.log_addition(request, user, _("Created"))
            messages.success(
                request, _("The link was sent to %(address)s.") % {"address": user.email}
            )
            return redirect(self.page_of(user))
        return self.form_page(
            request,
            form,
            title=_("Add a person of Channel Sales"),
            submit=_("Add and send the link"),
            back="../",
        )


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    """Memberships, read-only: a partner's administrator changes them on the partner's host."""

    list_display = ("user", "email", "partner", "role", "team", "state", "created_at", "ended_at")
    list_display_links = None
    list_filter = ("partner", "state", "role__preset")
    list_select_related = ("user", "partner", "role", "team")
    search_fields = ("user__name__icontains", "user__email__icontains")
    ordering = ("partner__name", "user__name")
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Membership]:
        return Membership.objects.across_partners()

    @admin.display(description=gettext_lazy("e-mail"), ordering="user__email")
    def email(self, membership: Membership) -> str:
        return membership.user.email


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin[Role]):
    """Roles of all partners, read-only: the partner's administrator changes them (D11)."""

    list_display = ("label", "partner", "preset", "how_many")
    list_filter = ("partner", "preset")
    list_select_related = ("partner",)
    ordering = ("partner__name", "preset", "name")
    fields = ("partner", "label", "preset", "rights")
    readonly_fields = fields
    actions = None

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Role]:
        return Role.objects.across_partners()

    @admin.display(description=gettext_lazy("rights"))
    def how_many(self, role: Role) -> int:
        return len(role.rights)
