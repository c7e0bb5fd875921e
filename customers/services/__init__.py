"""The verbs of the register, by topic."""

from customers.services.parts import (
    assign,
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
    StaleCustomer,
    change_settings,
    check_number,
    default_rate_plan,
    partner_settings,
    suggest_number,
)

__all__ = [
    "NoRatePlan",
    "NumberLength",
    "NumberTaken",
    "OwnCompanyExists",
    "OwnCompanyStays",
    "StaleCustomer",
    "assign",
    "change_customer",
    "change_settings",
    "check_number",
    "create_customer",
    "create_own_company",
    "deactivate_customer",
    "default_rate_plan",
    "delete_contact",
    "delete_customer",
    "grant_clearance",
    "partner_settings",
    "reactivate_customer",
    "revoke_clearance",
    "save_contact",
    "save_site",
    "set_domains",
    "set_personal_number",
    "show_personal_number",
    "suggest_number",
]
