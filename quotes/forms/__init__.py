"""Forms of quotes: fields and cleaning; the services decide."""
