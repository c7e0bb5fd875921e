"""Services of problem reports, by subject."""
