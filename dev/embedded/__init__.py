"""PostgreSQL and Valkey from wheels, for `make run` and `make test`; never in production."""
