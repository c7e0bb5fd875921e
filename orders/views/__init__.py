"""The pages of orders: the wizard, and what one does with orders that exist."""
