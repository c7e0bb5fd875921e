"""What a page says, however its template is broken into lines."""

from __future__ import annotations

import re
from typing import Any


def markup(answer: Any) -> str:
    """The page of this answer, with no white space beside tags and single blanks elsewhere."""
    text = re.sub(r"\s+", " ", answer.content.decode())
    return re.sub(r" ?([<>]) ?", r"\1", text)
