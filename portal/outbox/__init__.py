"""The outbox: what leaves the portal by e-mail is a row here first."""
