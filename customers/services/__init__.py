"""The verbs of the register, by topic."""

from customers.services.assigning import assign, change_assignments, hand_over_customers
from customers.services.parts import (
    delete_contact,
    grant_clearance,
    revoke_clearance,
    save_contact,
    save_site,
    set_domains,
)
from customers.services.personal import set_personal_number, show_personal_number
from customers.services.register import (
    change_customer,
    create_customer,
    create_own_company,
    deactivate_customer,
    delete_customer,
    reactivate_customer,
)
from customers.services.rules import (
    NoRatePlan,
    NumberLength,
    NumberTaken,
    OwnCompanyExists,
    OwnCompanyStays,
    Stale,
    StaleCustomer,
    change_settings,
    check_number,
    default_rate_plan,
    partner_settings,
    suggest_number,
)
from customers.services.standing_in import come_back, go_away, set_grant

__all__ = [
    "NoRatePlan",
    "NumberLength",
    "NumberTaken",
    "OwnCompanyExists",
    "OwnCompanyStays",
    "Stale",
    "StaleCustomer",
    "assign",
    "change_assignments",
    "change_customer",
    "change_settings",
    "check_number",
    "come_back",
    "create_customer",
    "create_own_company",
    "deactivate_customer",
    "default_rate_plan",
    "delete_contact",
    "delete_customer",
    "go_away",
    "grant_clearance",
    "hand_over_customers",
    "partner_settings",
    "reactivate_customer",
    "revoke_clearance",
    "save_contact",
    "save_site",
    "set_domains",
    "set_grant",
    "set_personal_number",
    "show_personal_number",
    "suggest_number",
]
