"""The rights that a role is made of (SPEC section 4, D11), and the three presets."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """One thing a person may do. The first twelve are those of REG-24."""

    VIEW_CUSTOMER = "view_customer", _("See all customers")
    VIEW_ASSIGNED_CUSTOMER = "view_assigned_customer", _("See assigned customers")
    CHANGE_CUSTOMER = "change_customer", _("Change all customers")
    CHANGE_ASSIGNED_CUSTOMER = "change_assigned_customer", _("Change assigned customers")
    ADD_CUSTOMER = "add_customer", _("Create customers")
    DELETE_CUSTOMER = "delete_customer", _("Delete customers")
    IMPORT_CUSTOMER = "import_customer", _("Upload customers")
    ADD_CUSTOMERUSER = "add_customeruser", _("Create customer users")
    CHANGE_CUSTOMERUSER_RIGHTS = (
        "change_customeruser_rights",
        _("Change the rights of customer users"),
    )
    DELETE_CUSTOMERUSER = "delete_customeruser", _("Delete customer users")
    ASSIGN_CUSTOMER = "assign_customer", _("Assign people to customers")
    DELETE_ATTACHMENT = "delete_attachment", _("Delete uploaded files")
    VIEW_ORDER = "view_order", _("See orders")
    ADD_ORDER = "add_order", _("Write orders")
    SUBMIT_ORDER = "submit_order", _("Place orders")
    CANCEL_ORDER = "cancel_order", _("Cancel orders")
    VIEW_QUOTE = "view_quote", _("See quotes")
    CHANGE_QUOTE = "change_quote", _("Write quotes")
    SEND_CONFIRMATION = "send_confirmation", _("Send customer confirmations")
    PROGRESS_QUOTE = "progress_quote", _("Progress quotes")
    VIEW_REPORT = "view_report", _("See problem reports")
    CHANGE_REPORT = "change_report", _("Work on problem reports")
    ESCALATE_REPORT = "escalate_report", _("Escalate problem reports")
    VIEW_PRICES = "view_prices", _("See prices")
    EXPORT_CUSTOMER = "export_customer", _("Export customers")
    SET_CREDIT = "set_credit", _("Set credit limits and rate plans")
    MANAGE_PEOPLE = "manage_people", _("Manage people and roles")
    CHANGE_SETTINGS = "change_settings", _("Change settings")


class Preset(models.TextChoices):
    """The roles that each partner starts with."""

    ADMINISTRATOR = "PA", _("Administrator")
    SALES = "PS", _("Sales")
    TECHNICIAN = "PT", _("Technician")


_SALES = (
    "view_customer change_customer add_customer view_order add_order submit_order cancel_order "
    "view_quote change_quote send_confirmation progress_quote view_report change_report "
    "view_prices export_customer"
)
_TECHNICIAN = (
    "view_assigned_customer change_assigned_customer view_report change_report escalate_report"
)

PRESET_RIGHTS: dict[str, list[str]] = {
    Preset.ADMINISTRATOR: sorted(Right.values),
    Preset.SALES: sorted(_SALES.split()),
    Preset.TECHNICIAN: sorted(_TECHNICIAN.split()),
}
