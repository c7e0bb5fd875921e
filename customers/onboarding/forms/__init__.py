"""The forms of onboarding: the start, the customer's step with its people, a platform's step."""
