"""The verbs of quotes, by topic: drafts, sending, answering, progressing, evidence."""
