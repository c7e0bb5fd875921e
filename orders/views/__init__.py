"""Views of orders: the wizard, and the pages of existing orders."""
