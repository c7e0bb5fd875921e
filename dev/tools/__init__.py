"""Helpers for working on Kontor: the environment, the checks, the browser."""
