"""The verbs of orders, by topic: drafts, placing, fulfilment, and what each may not do."""
