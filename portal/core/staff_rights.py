"""Rights of channel sales in the admin: what each is called, and who has it (CHAN-31)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class StaffGroup(models.TextChoices):
    """The groups of rights that members of staff are given; each of them may read."""

    READ = "read", _("Read only")
    ORDERS = "orders", _("Orders")
    CATALOGUE = "catalogue", _("Catalogue")
    PARTNERS = "partners", _("Partners")
    STAFF = "staff", _("Staff")


# What the people of a group may do, in words.
MEANING = {
    StaffGroup.READ: _("Read everything in the admin, and change nothing."),
    StaffGroup.ORDERS: _("Act on orders, customers, escalated reports, e-mails and documents."),
    StaffGroup.CATALOGUE: _("Change products, prices, taxes, terms and platforms."),
    StaffGroup.PARTNERS: _("Create, change and suspend partners, and their people's sign-in."),
    StaffGroup.STAFF: _("Add people of Channel Sales, and give them these rights."),
}


def permission(group: str) -> str:
    """Return the permission that a group adds to reading."""
    return f"{settings.AUTH_USER_MODEL.partition('.')[0]}.staff_{group}"


def may(user: AbstractBaseUser | AnonymousUser, group: str) -> bool:
    """Return whether somebody has the right of a group; a superuser has each (CHAN-31)."""
    if not (user.is_active and getattr(user, "is_staff", False)):
        return False
    assert isinstance(user, PermissionsMixin)
    return user.has_perm(permission(group))


def require(allowed: bool) -> None:
    """Raise PermissionDenied unless allowed: views of our own call it, as Django's do."""
    if not allowed:
        raise PermissionDenied


class StaffRights:
    """Mixin for the pages of a model: everybody with a group reads, those of ``group`` write.

    Without ``group`` only superusers write.
    """

    group: ClassVar[str] = ""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, StaffGroup.READ)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, StaffGroup.READ)

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return may(request.user, self.group)

    def has_act_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Return whether the person may use the model's actions, on its page and in the list."""
        return may(request.user, self.group)
