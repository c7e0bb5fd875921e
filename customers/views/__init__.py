"""The register's pages that concern the register alone."""
