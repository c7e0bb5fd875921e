"""The forms of orders: the steps, and those of an order that exists."""
