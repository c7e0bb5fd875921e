"""Services for quotes, by topic: drafts, sending, answering, progressing, evidence."""
