"""The customers' own portal, below ``/my/``: what a customer's people see (REG-26).

Prices are shown only where the partner's settings allow it, and internal notes, credit and margins
never. Other apps add their parts in ``customers.portal_parts``.
"""
