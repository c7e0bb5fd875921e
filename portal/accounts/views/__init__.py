"""Pages about people, by topic: people, roles, teams, the log."""
