"""The proof as a command: faults, attacks and what was seen, one row for each figure."""
