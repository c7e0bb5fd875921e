"""Models of the register: a partner's customers and what belongs to each (ACC-01, REG-01)."""

from customers.models.assignment import Assignment
from customers.models.clearance import ClearanceQuerySet, FamilyClearance
from customers.models.contacts_and_sites import Contact, CustomerDomain, Site, SupportContact
from customers.models.custom import CustomField, CustomFieldQuerySet
from customers.models.customer import Customer, CustomerQuerySet, families_with_registration
from customers.models.imports import CustomerImport, ImportedCustomer
from customers.models.lists import ListColumns, SavedFilter
from customers.models.onboarding import Onboarding, OnboardingQuerySet, ReachCheck, System
from customers.models.people import CustomerGrant, Substitution, away_on
from customers.models.registration import (
    CustomerRegistration,
    RegistrationFile,
    RegistrationQuerySet,
)
from customers.models.settings import PartnerSettings
from customers.models.visibility import may_change, seen_sql, sees_some

__all__ = [
    "Assignment",
    "ClearanceQuerySet",
    "Contact",
    "CustomField",
    "CustomFieldQuerySet",
    "Customer",
    "CustomerDomain",
    "CustomerGrant",
    "CustomerImport",
    "CustomerQuerySet",
    "CustomerRegistration",
    "FamilyClearance",
    "ImportedCustomer",
    "ListColumns",
    "Onboarding",
    "OnboardingQuerySet",
    "PartnerSettings",
    "ReachCheck",
    "RegistrationFile",
    "RegistrationQuerySet",
    "SavedFilter",
    "Site",
    "Substitution",
    "SupportContact",
    "System",
    "away_on",
    "families_with_registration",
    "may_change",
    "seen_sql",
    "sees_some",
]
