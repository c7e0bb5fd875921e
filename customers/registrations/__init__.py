"""Registration of customers with channel sales, for families that need it (CHAN-01 to CHAN-05)."""
