"""With which characters a regular expression can begin: so that only those are tried that may match."""

from collections.abc import Iterator

_ZERO_WIDTH = ("(?=", "(?!", "(?<=", "(?<!")


def first_characters(pattern: str) -> frozenset[str] | None:
    """The characters that a match of `pattern` can begin with; None when it can be any.

    Understands what the timing grammar uses: literals, escapes, sets without ranges, `(?:…)`, look-around,
    `|`, `?`, `*`, `+` and `{m,n}`. A pattern that can match nothing at all is None as well.
    """
    found: set[str] = set()
    for choice in split_choices(pattern):
        firsts = _of_sequence(choice)
        if firsts is None:
            return None
        found |= firsts
    return frozenset(found)


def split_choices(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside every bracket."""
    parts, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            parts.append(pattern[start:at])
            start = at + 1
            at += 1
        else:
            at = _atom_end(pattern, at)
    return [*parts, pattern[start:]]


def _of_sequence(sequence: str) -> set[str] | None:
    found: set[str] = set()
    for atom, optional in _atoms(sequence):
        firsts = _of_atom(atom)
        if firsts is None:
            return None
        found |= firsts
        if not optional:
            return found
    return None


def _atoms(sequence: str) -> Iterator[tuple[str, bool]]:
    """Each atom that takes characters, with whether it may be left out."""
    at = 0
    while at < len(sequence):
        end = _atom_end(sequence, at)
        atom = sequence[at:end]
        quantifier = sequence[end : end + 1]
        optional = quantifier in ("?", "*") or (quantifier == "{" and sequence[end + 1] in "0,")
        if quantifier == "{":
            end = sequence.index("}", end) + 1
        elif quantifier and quantifier in "?*+":
            end += 1
        if sequence[end : end + 1] == "?":  # "as few as possible" changes nothing here
            end += 1
        at = end
        if not atom.startswith(_ZERO_WIDTH):
            yield atom, optional


def _of_atom(atom: str) -> set[str] | None:
    if atom == "." or atom.startswith("[^"):
        return None
    if atom.startswith("(?:"):
        firsts = first_characters(atom[3:-1])
        return set(firsts) if firsts is not None else None
    if atom.startswith("["):
        return set(atom[1:-1].replace("\\n", "\n").replace("\\", ""))
    return {"\n"} if atom == "\\n" else {atom[-1]}


def _atom_end(pattern: str, at: int) -> int:
    """Where the atom that begins at `at` ends, without its quantifier."""
    if pattern[at] == "\\":
        return at + 2
    if pattern[at] == "[":
        return pattern.index("]", at + 2) + 1
    if pattern[at] != "(":
        return at + 1
    depth, place = 0, at
    while place < len(pattern):
        char = pattern[place]
        if char == "\\":
            place += 1
        elif char == "[":
            place = pattern.index("]", place + 2)
        else:
            depth += (char == "(") - (char == ")")
        place += 1
        if not depth:
            break
    return place
