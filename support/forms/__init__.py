"""The forms of problem reports and service reports."""
