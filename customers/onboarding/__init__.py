"""Onboarding: the guided way from a customer to a running system (ONB-01 to ONB-24)."""
