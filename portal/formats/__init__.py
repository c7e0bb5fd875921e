"""How the admin writes dates, in each language (CHAN-36)."""
