"""Services of onboarding: begin, save steps, cancel, check an address, complete."""

from customers.onboarding.services.completing import complete_onboarding
from customers.onboarding.services.people import apply_people
from customers.onboarding.services.steps import (
    StepsMissing,
    begin_onboarding,
    cancel_onboarding,
    go_to,
    save_customer_step,
    save_new_customer,
    save_step,
)

__all__ = [
    "StepsMissing",
    "apply_people",
    "begin_onboarding",
    "cancel_onboarding",
    "complete_onboarding",
    "go_to",
    "save_customer_step",
    "save_new_customer",
    "save_step",
]
