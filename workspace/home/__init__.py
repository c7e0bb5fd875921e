"""The home page of a partner's people: what waits, figures, what changed, first steps (ONB-24)."""
