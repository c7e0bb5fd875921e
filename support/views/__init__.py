"""Views of problem reports and service reports."""
