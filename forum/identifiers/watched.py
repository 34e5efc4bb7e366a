"""Names of offices, teams and people that the owner asks to leave out, however they are spaced and spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from forum.identifiers.folding import Folded, fold
from forum.identifiers.kinds import Finding, Kind, Places

WORD = re.compile(r"[^\W_]+")
GAP = re.compile(r"[\W_]+")
# Digits that stand for letters inside a word: “H0lmf1eld”.
SPELLED = re.compile(r"(?<=[a-z])[013457]|[013457](?=[a-z])")
AS_LETTERS = str.maketrans("013457", "oleast")
# A 1 may stand for either.
ONE_FOR_BOTH = str.maketrans("i", "l")
# A name that is cut where it has no gap is still meant if its pieces are words, or single letters.
SHORTEST_PIECE = 3
MOST_NAMES = 500
SHORTEST_NAME = 3
# Of one name. Whoever typed it knows then.
MOST_PLACES = 50


@dataclass(frozen=True)
class Squeezed:
    """Where each word of a text begins and ends once nothing stands between them, and where that is in the text."""

    begins: dict[int, int]
    ends: dict[int, int]

    def pieces(self, start: int, end: int) -> list[int]:
        """How long the words are that stand from `start` to `end`; empty where either is inside one."""
        if start not in self.begins or end not in self.ends:
            return []
        cuts = [at for at in range(start, end) if at in self.begins]
        return [later - earlier for earlier, later in pairwise([*cuts, end])]


def places(copy: Folded, names: Iterable[str]) -> Places:
    """Where one of these names stands, as whole words."""
    wanted = {tuple(found) for name in list(names)[:MOST_NAMES] if (found := words_of(name))}
    text = plain(copy.low) if wanted else ""
    letters = GAP.sub("", text)
    seen = [(words, joined) for words in wanted if (joined := "".join(words)) in letters]
    if not seen:
        return
    squeezed = squeeze(text)
    for words, joined in seen:
        yield from islice(places_of(words, joined, letters, squeezed), MOST_PLACES)


def places_of(words: Sequence[str], joined: str, letters: str, squeezed: Squeezed) -> Places:
    """Where one name stands; what is taken by it once is not looked at again."""
    at = letters.find(joined)
    while at >= 0:
        end = at + len(joined)
        meant = is_meant(squeezed.pieces(at, end), words)
        if meant:
            yield Finding(Kind.WATCHED, squeezed.begins[at], squeezed.ends[end])
        at = letters.find(joined, end if meant else at + 1)


def words_of(name: str) -> list[str]:
    """The words of a name; none of one that is too short to be one."""
    found = WORD.findall(plain(fold(name).low))
    return found if sum(map(len, found)) >= SHORTEST_NAME else []


def plain(low: str) -> str:
    """A text as it is compared; as long as before."""
    return SPELLED.sub(lambda match: match[0].translate(AS_LETTERS), low).translate(ONE_FOR_BOTH)


def squeeze(text: str) -> Squeezed:
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    length = 0
    for match in WORD.finditer(text):
        begins[length] = match.start()
        length += match.end() - match.start()
        ends[length] = match.end()
    return Squeezed(begins, ends)


def is_meant(pieces: list[int], words: Sequence[str]) -> bool:
    """Whether a name in these pieces is the name: cut at its own gaps or at none, in words or in single letters."""
    if not pieces:
        return False
    gaps, own = set(sums(pieces)), set(sums([len(word) for word in words]))
    return gaps <= own or all(piece == 1 for piece in pieces) or min(pieces) >= SHORTEST_PIECE


def sums(lengths: list[int]) -> Iterator[int]:
    at = 0
    for length in lengths:
        at += length
        yield at
