"""The register: a partner's customers and what belongs to each (SPEC 1.3, 1.4)."""

from customers.models.assignment import Assignment, is_assigned, may_change
from customers.models.belongings import Contact, CustomerDomain, Site
from customers.models.clearance import ClearanceQuerySet, FamilyClearance
from customers.models.custom import CustomField, CustomFieldQuerySet
from customers.models.customer import Customer, CustomerQuerySet, families_with_registration
from customers.models.lists import ListColumns, SavedFilter
from customers.models.settings import PartnerSettings

__all__ = [
    "Assignment",
    "ClearanceQuerySet",
    "Contact",
    "CustomField",
    "CustomFieldQuerySet",
    "Customer",
    "CustomerDomain",
    "CustomerQuerySet",
    "FamilyClearance",
    "ListColumns",
    "PartnerSettings",
    "SavedFilter",
    "Site",
    "families_with_registration",
    "is_assigned",
    "may_change",
]
