"""Everything of one partner as a file, and back (CHAN-26); what stands where is read from the
database itself, so that a new table is part of it without being named here."""
