"""Views of the customers' portal, by topic: home, orders, confirmations, company, users."""
