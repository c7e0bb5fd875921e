"""Dates as the rest of the portal writes them."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y H:i"
