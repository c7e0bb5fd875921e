"""An app of partners' schemas that a next version might have: migrations that a soak interrupts."""
