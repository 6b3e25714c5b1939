"""A phrase as printed, beside its tokens, so that a token range can be shown in the plan's own words."""

import re
import unicodedata

from rules.timing.lexer import Tokens, normalise, offsets_in, token_offsets, tokenise

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff]")


def shown(text: str) -> str:
    """Words of a plan as they may stand in a sentence of ours: NFC, one line, no control or direction signs."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", " ".join(text.split())))


class Phrase:
    """The original text and its tokens; where each token stood is worked out on first use only."""

    __slots__ = ("_offsets", "normal", "original", "tokens")

    def __init__(self, original: str) -> None:
        self.original = original
        self.normal = normalise(original)
        self.tokens: Tokens = tokenise(self.normal)
        self._offsets: list[tuple[int, int]] | None = None

    def text(self, start: int, end: int) -> str:
        """The original words of tokens `start` to `end`."""
        if start >= end or end > len(self.tokens.words):
            return ""
        first, last = self.place(start, end)
        return shown(self.original[first:last])

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where tokens `start` to `end` stand in the original text."""
        if self._offsets is None:
            self._offsets = self._find_offsets()
        return self._offsets[start][0], self._offsets[end - 1][1]

    def _find_offsets(self) -> list[tuple[int, int]]:
        spans = token_offsets(self.normal, self.tokens)
        places = offsets_in(self.original, self.normal)
        if places is None:
            return spans
        return [(places[first], places[last]) for first, last in spans]
