"""The rights that a role is made of (RIGHTS-01, D11), and the three presets."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    """One thing that a person may do. The first twelve are those of REG-24."""

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
    ONBOARD_CUSTOMER = "onboard_customer", _("Onboard customers")
    VIEW_ORDER = "view_order", _("See orders")
    ADD_ORDER = "add_order", _("Write orders")
    SUBMIT_ORDER = "submit_order", _("Place orders")
    CANCEL_ORDER = "cancel_order", _("Cancel orders")
    VIEW_QUOTE = "view_quote", _("See quotes")
    CHANGE_QUOTE = "change_quote", _("Write quotes")
    SEND_CONFIRMATION = "send_confirmation", _("Send customer confirmations")
    PROGRESS_QUOTE = "progress_quote", _("Progress quotes")
    VIEW_REPORT = "view_report", _("See problem reports")
    ADD_REPORT = "add_report", _("Report problems")
    CHANGE_REPORT = "change_report", _("Work on problem reports")
    ESCALATE_REPORT = "escalate_report", _("Escalate problem reports")
    CHANGE_SUPPORTCONTACT = "change_supportcontact", _("Keep support contacts")
    VIEW_PRICES = "view_prices", _("See prices")
    EXPORT_CUSTOMER = "export_customer", _("Export customers")
    SET_CREDIT = "set_credit", _("Set credit limits and rate plans")
    MANAGE_PEOPLE = "manage_people", _("Manage people and roles")
    CHANGE_SETTINGS = "change_settings", _("Change settings")


# The rights as the page of a role lists them: title, then each right and what it means in practice.
GROUPS: tuple[tuple[Promise, tuple[tuple[str, Promise], ...]], ...] = (
    (
        _("Customers"),
        (
            (Right.VIEW_CUSTOMER, _("In lists, searches, exports, and by their address.")),
            (
                Right.VIEW_ASSIGNED_CUSTOMER,
                _("Only those the person is responsible for; all others do not exist for them."),
            ),
            (Right.CHANGE_CUSTOMER, _("Details, contacts and sites; deactivate and reactivate.")),
            (Right.CHANGE_ASSIGNED_CUSTOMER, _("The same, for those the person is assigned to.")),
            (Right.ADD_CUSTOMER, _("One at a time, with a credit limit that the settings allow.")),
            (Right.DELETE_CUSTOMER, _("Only those without orders; it cannot be undone.")),
            (Right.IMPORT_CUSTOMER, _("Many at once from a file.")),
            (
                Right.ONBOARD_CUSTOMER,
                _("The guided way to a running system; a new customer needs its own right."),
            ),
            (Right.EXPORT_CUSTOMER, _("What the person sees, as a file.")),
            (Right.ASSIGN_CUSTOMER, _("Choose who is responsible; these people are notified.")),
            (Right.DELETE_ATTACHMENT, _("Files that somebody put on a customer's page.")),
            (Right.SET_CREDIT, _("Any limit and any rate plan.")),
        ),
    ),
    (
        _("Customer users"),
        (
            (Right.ADD_CUSTOMERUSER, _("People of a customer who may sign in themselves.")),
            (
                Right.CHANGE_CUSTOMERUSER_RIGHTS,
                _("What those people may do. Being an administrator is not enough for it."),
            ),
            (Right.DELETE_CUSTOMERUSER, _("End their sign-in.")),
        ),
    ),
    (
        _("Orders"),
        (
            (Right.VIEW_ORDER, _("For the customers that the person sees.")),
            (Right.ADD_ORDER, _("Drafts; nothing is ordered yet.")),
            (Right.SUBMIT_ORDER, _("Send a draft to Channel Sales.")),
            (Right.CANCEL_ORDER, _("And re-create for another customer.")),
            (Right.VIEW_PRICES, _("On pages and in e-mails.")),
        ),
    ),
    (
        _("Quotes"),
        (
            (Right.VIEW_QUOTE, _("For the customers that the person sees.")),
            (Right.CHANGE_QUOTE, _("Write and change them.")),
            (Right.SEND_CONFIRMATION, _("Send a customer what it is asked to accept.")),
            (Right.PROGRESS_QUOTE, _("Make the orders of an accepted quote.")),
        ),
    ),
    (
        _("Problem reports"),
        (
            (Right.VIEW_REPORT, _("For the customers that the person sees.")),
            (Right.ADD_REPORT, _("Also on behalf of a customer; its support contacts are told.")),
            (Right.CHANGE_REPORT, _("Answer, assign, close.")),
            (Right.ESCALATE_REPORT, _("Hand one to Channel Sales.")),
            (Right.CHANGE_SUPPORTCONTACT, _("Who is told of a customer's problems.")),
        ),
    ),
    (
        _("Administration"),
        (
            (
                Right.MANAGE_PEOPLE,
                _("Invite, end memberships, roles, teams, exceptions; read every sent e-mail."),
            ),
            (Right.CHANGE_SETTINGS, _("What applies to everybody; customer numbers too.")),
        ),
    ),
)


# The same for the page of a role of customers' people.
CUSTOMER_GROUPS: tuple[tuple[Promise, tuple[tuple[str, Promise], ...]], ...] = (
    (
        _("What they see of their company"),
        (
            (Right.VIEW_ORDER, _("Orders and running services, without prices.")),
            (Right.VIEW_QUOTE, _("Quotes that were sent for confirmation, and the answers.")),
            (Right.VIEW_REPORT, _("Problem reports and service reports.")),
        ),
    ),
    (
        _("Problem reports"),
        (
            (Right.ADD_REPORT, _("Your people and the support contacts are told.")),
            (Right.CHANGE_SUPPORTCONTACT, _("Who is told of the company's problems.")),
        ),
    ),
    (
        _("Customer users"),
        (
            (Right.ADD_CUSTOMERUSER, _("Invite people of their own company.")),
            (
                Right.CHANGE_CUSTOMERUSER_RIGHTS,
                _("Give them another role, never more rights than the person has."),
            ),
            (Right.DELETE_CUSTOMERUSER, _("End their sign-in.")),
        ),
    ),
)


class Preset(models.TextChoices):
    """The roles that each partner starts with; the last two are for customers' people."""

    ADMINISTRATOR = "PA", _("Administrator")
    SALES = "PS", _("Sales")
    TECHNICIAN = "PT", _("Technician")
    CUSTOMER_ADMINISTRATOR = "CA", _("Customer administrator")
    CUSTOMER_USER = "CU", _("Customer user")


CUSTOMER_PRESETS = frozenset({Preset.CUSTOMER_ADMINISTRATOR, Preset.CUSTOMER_USER})
# What a role of customers' people can be made of (REG-26): never more than their own company.
CUSTOMER_RIGHTS: tuple[str, ...] = (
    Right.VIEW_ORDER,
    Right.VIEW_QUOTE,
    Right.VIEW_REPORT,
    Right.ADD_REPORT,
    Right.CHANGE_SUPPORTCONTACT,
    Right.ADD_CUSTOMERUSER,
    Right.CHANGE_CUSTOMERUSER_RIGHTS,
    Right.DELETE_CUSTOMERUSER,
)


_SALES = (
    "view_customer change_customer add_customer onboard_customer view_order add_order "
    "submit_order cancel_order view_quote change_quote send_confirmation progress_quote "
    "view_report add_report change_report change_supportcontact view_prices export_customer"
)
_TECHNICIAN = (
    "view_assigned_customer change_assigned_customer onboard_customer view_report add_report "
    "change_report escalate_report change_supportcontact"
)

# Copied into the roles of a new partner; the roles that a partner has keep theirs until they are
# reset (D11).
PRESET_RIGHTS: dict[str, list[str]] = {
    Preset.ADMINISTRATOR: sorted(Right.values),
    Preset.SALES: sorted(_SALES.split()),
    Preset.TECHNICIAN: sorted(_TECHNICIAN.split()),
    Preset.CUSTOMER_ADMINISTRATOR: sorted(CUSTOMER_RIGHTS),
    Preset.CUSTOMER_USER: ["view_order", "view_quote", "view_report"],
}
