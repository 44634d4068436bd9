"""Ids within texts: problems, notices and reasons may name a patient."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

__all__ = ["LEFT_OUT", "Scrubber"]

LEFT_OUT = "(left out)"
"""What stands in the place of a text that might tell who a patient is."""

TOKEN = re.compile(r"[^\s,;:()\[\]'\"<>]+")
NAMED = re.compile(r"(patients? |['\"])([^\s,;:()\[\]'\"<>]+)")
SHORT_NUMBER = re.compile(r"\d{1,4}|.{1,2}")
"""Ids that could as well be a day, a rating or a word: replaced only where a text says "patient" or
puts them in quotes."""


@dataclass(frozen=True)
class Scrubber:
    """Replaces ids in texts by pseudonyms."""

    names: Mapping[str, str] = field(repr=False)

    @cached_property
    def _plain(self) -> dict[str, str]:
        return {k: v for k, v in self.names.items() if not SHORT_NUMBER.fullmatch(k)}

    @cached_property
    def _odd(self) -> list[tuple[str, str]]:
        """Ids that are more than one token, the longest first."""
        odd = [pair for pair in self._plain.items() if not TOKEN.fullmatch(pair[0])]
        return sorted(odd, key=lambda pair: -len(pair[0]))

    def scrub(self, text: str) -> str:
        """Replace every id in a text.

        Examples
        --------
        >>> scrubber = Scrubber({"P017": "XA", "7": "XB", "Ann Lee": "XC"})
        >>> scrubber.scrub("P017: rated 7 on day 7, as patient 7 and Ann Lee did.")
        'XA: rated 7 on day 7, as patient XB and XC did.'
        """
        for name, pseudonym in self._odd:
            if name in text:
                text = text.replace(name, pseudonym)
        text = NAMED.sub(lambda m: m[1] + self._of(m[2], self.names), text)
        return TOKEN.sub(lambda m: self._of(m[0], self._plain), text)

    def _of(self, token: str, names: Mapping[str, str]) -> str:
        if token in names:
            return names[token]
        bare = token.rstrip(".!?")
        if bare in names:
            return names[bare] + token[len(bare) :]
        # "P017=8", "P017/baseline": an id with a sign after it.
        parts = re.split(r"([=/|+])", token)
        if len(parts) > 1:
            return "".join(names.get(part, part) for part in parts)
        return token
