"""Services of registrations (SM-REGISTRATION)."""

from customers.registrations.services.common import AlreadyRegistered
from customers.registrations.services.deciding import (
    approve_registration,
    ask_about_registration,
    reject_registration,
    revoke_registration,
)
from customers.registrations.services.refusals import registration_refusals
from customers.registrations.services.sending import (
    answer_registration,
    register_customer,
    withdraw_registration,
)

__all__ = [
    "AlreadyRegistered",
    "answer_registration",
    "approve_registration",
    "ask_about_registration",
    "register_customer",
    "registration_refusals",
    "reject_registration",
    "revoke_registration",
    "withdraw_registration",
]
