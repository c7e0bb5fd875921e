"""Forms of the register: fields and cleaning; the services decide."""
