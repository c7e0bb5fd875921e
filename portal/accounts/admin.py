"""People for channel sales: staff are managed here, a partner's people are read-only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.admin_forms import StaffForm, send_reset
from portal.accounts.models import Membership, Role, User
from portal.core.admin_actions import ObjectAction, ObjectActionsAdmin, ReadOnlyAdmin, is_staff
from portal.tenancy.context import in_public

Data = Mapping[str, Any]


def _deactivate(request: HttpRequest, user: User, data: Data) -> str:
    user.is_active = False
    user.save(update_fields=["is_active"])
    return _("%(name)s can't sign in any more, anywhere.") % {"name": user.name}


def _activate(request: HttpRequest, user: User, data: Data) -> str:
    user.is_active = True
    user.save(update_fields=["is_active"])
    return _("%(name)s can sign in again.") % {"name": user.name}


def _reset(request: HttpRequest, user: User, data: Data) -> str:
    send_reset(request, user)
    return _("The link was sent to %(address)s.") % {"address": user.email}


def _why_no_reset(user: User) -> str:
    if not user.is_staff:
        return _("A partner's people ask for a new password on their own sign-in page.")
    return "" if user.is_active else _("%(name)s is not active.") % {"name": user.name}


ACTIONS: dict[str, ObjectAction[User]] = {
    "reset": ObjectAction(
        label=gettext_lazy("Send a link for a new password"),
        title=lambda user: _("Send %(name)s a link for a new password?") % {"name": user.name},
        run=_reset,
        why_not=_why_no_reset,
    ),
    "activate": ObjectAction(
        label=gettext_lazy("Activate"),
        title=lambda user: _("Let %(name)s sign in again?") % {"name": user.name},
        run=_activate,
        why_not=lambda user: (
            _("%(name)s is active.") % {"name": user.name} if user.is_active else ""
        ),
    ),
    "deactivate": ObjectAction(
        label=gettext_lazy("Deactivate"),
        title=lambda user: _("Keep %(name)s from signing in?") % {"name": user.name},
        run=_deactivate,
        why_not=lambda user: (
            "" if user.is_active else _("%(name)s is not active.") % {"name": user.name}
        ),
        explain=lambda user: [_("Open sessions end at the next page. Nothing is deleted.")],
        danger=True,
    ),
}


@admin.register(User)
class UserAdmin(ObjectActionsAdmin[User]):
    """Everybody who can sign in. Nobody is deleted, and no password is shown or entered here."""

    object_actions = ACTIONS
    list_display = ("name", "email", "is_staff", "is_active", "language", "last_login")
    list_filter = ("is_staff", "is_active", "language")
    search_fields = ("name__icontains", "email__icontains")
    ordering = ("email",)
    fields = ("name", "email", "language", "is_staff", "is_active", "date_joined", "last_login")
    readonly_fields = ("email", "is_staff", "is_active", "date_joined", "last_login")
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return is_staff(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Name and language; the rest are object_actions."""
        return is_staff(request)

    def action_view(self, request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
        """Nobody locks herself out."""
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
        form = StaffForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            with in_public():
                user = User.objects.create_user(
                    data["email"], None, name=data["name"], language=data["language"], is_staff=True
                )
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
