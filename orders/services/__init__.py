"""Services for orders, by topic: drafts, placing, fulfilment, and their checks."""
