"""Documents of quotes: the customer's signed-off agreement, and the partner's priced quote."""

from quotes.documents import confirmation, priced
from quotes.documents.priced import PRICED

__all__ = ["PRICED", "confirmation", "priced"]
