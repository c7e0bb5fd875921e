"""Views about people, by topic: people, roles, teams and the log."""
