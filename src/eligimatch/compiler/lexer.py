"""The lexer: a criterion's text into typed tokens, longest known phrase first; nothing is dropped."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import log10
from typing import Any

from eligimatch.compiler.arms import ARM
from eligimatch.compiler.cues import cued
from eligimatch.compiler.lexicon import UNKNOWN, Lexicon, Meaning
from eligimatch.compiler.number_words import POWER_AFTER_STOP, in_digits, in_words, number
from eligimatch.compiler.scales import Scale, step, values_at
from eligimatch.compiler.silent import without_silent
from eligimatch.compiler.stages import find_stages
from eligimatch.compiler.tokens import TIME_UNITS, Atom, Token
from eligimatch.model.words import ATOM, fold

_TIMES = frozenset("×X*")
_NUMBERED = frozenset(
    {"part", "parts", "cohort", "cohorts", "arm", "arms", "group", "groups", "phase", "step", "stage", "dose", "level", "grade", "score"}
)
_NAME = re.compile(r"\d{1,2}[A-Zpq]\d{1,2}|\d[AB]")
_DASHES = frozenset("-‐‑‒–—−")
_SIGNS = {
    ",": "COMMA", ";": "SEMICOLON", ":": "COLON", "(": "LPAR", ")": "RPAR", "[": "LPAR", "]": "RPAR", "{": "LPAR", "}": "RPAR",
    "/": "SLASH", ".": "STOP", "?": "STOP", "!": "STOP", "+": "PLUS", "-": "DASH", "–": "DASH", "—": "DASH", "−": "DASH", "‐": "DASH",
    "‑": "DASH", "‒": "DASH", "•": "SEMICOLON", "%": "PERCENT",
}  # fmt: skip
_BEFORE_VALUE = frozenset({"COMPARE", "OF", "FILLER", "LPAR", "COLON", "EITHER"})
_SNELLEN = re.compile(r"(?<![\d./])(?P<far>20|6)/(?P<near>\d{1,3}(?:\.\d)?)(?![\d/]|\.\d)[+-]?(?! ?(?:mm ?Hg|mmHg|patients|subjects|participants))")
"""A fraction of Snellen's."""
_SEES = cued(r"\b(?:visual|vision|acuity|snellen|BC?D?VA|eyes?|letters|ETDRS)\b", "visual|vision|acuity|snellen|va|eye|letters|etdrs")
_SCALED = frozenset({"stage", "score"})
_FOOTNOTES = frozenset("*†‡#§")
_QUOTES = frozenset('"“”„«»')
_PERHAPS_SILENT = _DASHES | _FOOTNOTES | _QUOTES | {"^"}
_UNIT_FOLLOWS = frozenset({"NUMBER", "LAST", "WITHIN", "LASTING", "COMPARE", "COMPARE_AFTER", "PLUS"})
_ATOM = tuple.__new__


def lex(text: str, lexicon: Lexicon) -> list[Token]:
    """The tokens of one criterion's text, in order."""
    atoms = without_silent(_atoms(text), text)
    kept, codes = _coded(atoms, lexicon)
    matches = {first: (phrase, last) for phrase, first, last in lexicon.matches(codes)}
    stages = {stage.start: stage for stage in find_stages(text)}
    fractions = {match.start(): match for match in _SNELLEN.finditer(text)} if "/" in text and _SEES.search(text) else {}
    arms = {match.start(): match.end() for match in ARM.finditer(text)}
    lines = "\n" in text
    tokens: list[Token] = []
    index = 0
    while index < len(kept):
        atom = kept[index]
        scale = _scale_before(tokens, lexicon) if tokens and (tokens[-1].kind in _SCALED or tokens[-1].type in _BEFORE_VALUE) else None
        if scale and (end := _on_scale(scale, text, tokens, atom.start)) > atom.start:
            index = next((later for later in range(index, len(kept)) if kept[later].start >= end), len(kept))
            continue
        if lines and tokens and "\n" in text[tokens[-1].end : atom.start]:
            tokens.append(Token("STOP", "\n", atom.start - 1, atom.start - 1))
        if atom.start in stages and (index not in matches or kept[matches[index][1] - 1].end <= stages[atom.start].end):
            stage = stages[atom.start]
            tokens.append(Token("STAGE", stage.stages, stage.start, stage.end))
            index = next((later for later in range(index, len(kept)) if kept[later].start >= stage.end), len(kept))
            matches |= {index + first: (phrase, index + last) for phrase, first, last in lexicon.matches(codes[index:])}
            continue
        if atom.start in arms:
            tokens.append(Token("WORDS", "", atom.start, arms[atom.start]))
            index = next((later for later in range(index, len(kept)) if kept[later].start >= arms[atom.start]), len(kept))
            matches |= {index + first: (phrase, index + last) for phrase, first, last in lexicon.matches(codes[index:])}
            continue
        if fraction := fractions.get(atom.start):
            letters = 85 - 50 * log10(float(fraction["near"]) / float(fraction["far"]))
            tokens += [Token("NUMBER", float(round(letters)), *fraction.span()), Token("UNIT", "letters", fraction.end(), fraction.end())]
            index = next((later for later in range(index, len(kept)) if kept[later].start >= fraction.end()), len(kept))
            matches |= {index + first: (phrase, index + last) for phrase, first, last in lexicon.matches(codes[index:])}
            continue
        size = _unit(tokens, kept, index, lexicon) if tokens and _before_unit(tokens[-1]) else 0
        if size and any(first < index + size < last for first, (_, last) in ((i, matches[i]) for i in range(index, index + size) if i in matches)):
            rest = index + size
            matches |= {rest + first: (phrase, rest + last) for phrase, first, last in lexicon.matches(codes[rest:])}
        if not size and index in matches:
            phrase, last = matches[index]
            if last - index > 1 and kept[last - 1].start in stages and lexicon.meanings[phrase][0].value == "stage":
                last -= not (tokens and tokens[-1].type == "COMPARE")  # "AJCC stage | II": the word is the stage's own
            _phrase(tokens, kept, index, last, lexicon.meanings[phrase])
            size = last - index
        if not size:
            size = _single(tokens, kept, index, atom)
        index += size
    for token in tokens:
        token.text = text[token.start : token.end]
    return tokens


def _scale_before(tokens: list[Token], lexicon: Lexicon) -> Scale | None:
    """The scale that the next words may give a value of."""
    for token in reversed(tokens[-4:]):
        if token.type == "CONCEPT":
            return lexicon.scales.get(token.names[0]) if token.names and token.kind in _SCALED else None
        if token.type not in _BEFORE_VALUE:
            return None
    return None


def _on_scale(scale: Scale, text: str, tokens: list[Token], start: int) -> int:
    """Takes a value of the scale, or the word "class" before it; gives where that ends, else `start`."""
    at = next(at for at in range(len(tokens) - 1, -1, -1) if tokens[at].type == "CONCEPT")
    compared = any(token.type == "COMPARE" for token in tokens[max(at - 1, 0) :])
    found = values_at(scale, text, start, compared=compared)
    if found is None:
        tokens[-1].end = max(tokens[-1].end, len(text[: step(text, start)].rstrip()))  # "heart failure stage | C"
        return step(text, start)
    tokens[at].names, tokens[at].kind = (scale.name,), scale.kind
    tokens += [Token(*token) for token in found.tokens]
    return found.end


def _atoms(text: str) -> list[Atom]:
    text = POWER_AFTER_STOP.sub(r"\1x", text) if ".10" in text else text
    spans = [match.span() for match in ATOM.finditer(text)]
    before = [-1, *[end for _, end in spans]]
    return [_ATOM(Atom, (text[start:end], start, end, start == gap)) for (start, end), gap in zip(spans, before, strict=False)]


def _coded(atoms: list[Atom], lexicon: Lexicon) -> tuple[list[Atom], str]:
    """The atoms without hyphens inside words and signs of footnotes after them, and one character for each."""
    if not _PERHAPS_SILENT.isdisjoint([atom[0] for atom in atoms]):
        atoms = [atom for index, atom in enumerate(atoms) if not (atom[0] in _PERHAPS_SILENT and _silent(atoms, index, atom[0]))]
    return atoms, lexicon.codes([atom[0] for atom in atoms])


def _silent(atoms: list[Atom], index: int, sign: str) -> bool:
    if sign in _QUOTES:
        return True
    if sign in _DASHES:
        return _hyphen(atoms, index)
    raised = sign == "^" and index > 0 and atoms[index].glued and atoms[index - 1].text[-1].isalpha()
    return raised or (sign in _FOOTNOTES and _note(atoms, index))


def _hyphen(atoms: list[Atom], index: int) -> bool:
    """Whether a dash joins two parts of one word; between digits it is a minus or a range."""
    if not 0 < index < len(atoms) - 1 or not atoms[index].glued:
        return False
    if atoms[index - 1].text[-1] in "<>=≤≥":
        return False  # "≤-2.5"
    if not atoms[index + 1].glued:  # "anti- PD-1"; "non- and low-invasive" are two
        return atoms[index - 1].text.lower() in ("anti", "non") and atoms[index + 1].text.lower() not in ("and", "or", "and/or", "/")
    after = atoms[index + 1].text[0]
    if after == "(" and index + 3 < len(atoms) and len(atoms[index + 2].text) == 1 and atoms[index + 3].text == ")":
        return True  # "PD-(L)1"
    return (after.isalnum() or after in _DASHES) and not (atoms[index - 1].text[-1].isdigit() and after.isdigit())


def _note(atoms: list[Atom], index: int) -> bool:
    """Whether a sign after a word points to a footnote: "platelets*"."""
    if not index or not atoms[index].glued or not atoms[index - 1].text.isalpha():
        return False
    return index + 1 == len(atoms) or not atoms[index + 1].glued


def _phrase(tokens: list[Token], atoms: list[Atom], first: int, last: int, meanings: tuple[Meaning, ...]) -> None:
    meaning = meanings[0]
    start, end = atoms[first].start, atoms[last - 1].end
    tokens.append(Token(meaning.terminal, meaning.value, start, end, meaning.names, meanings[1:]))


def _single(tokens: list[Token], atoms: list[Atom], index: int, atom: Atom) -> int:
    """A number, a sign, or a word that no phrase knows."""
    first = atom.text[0]
    if first.isdecimal() and _in_name(tokens, atom):
        size = _named_number(atoms, index) or 1
        tokens[-1].type, tokens[-1].names, tokens[-1].kind, tokens[-1].also, tokens[-1].end = "WORDS", (), "", (), atoms[index + size - 1].end
        return size
    if first.isdecimal() and (size := _named_number(atoms, index)):
        tokens.append(Token("WORDS", "", atom.start, atoms[index + size - 1].end))
        return size
    if first.isdecimal() or (first == "." and len(atom.text) > 1):
        return _number(tokens, atoms, index)
    if spelled := in_words(atoms, index):
        tokens.append(Token("NUMBER", spelled.value, atom.start, atoms[index + spelled.size - 1].end))
        return spelled.size
    if (sign := _SIGNS.get(atom.text)) is not None:
        tokens.append(Token(sign, atom.text, atom.start, atom.end))
    elif tokens and tokens[-1].type == "WORDS":
        tokens[-1].end = atom.end
    else:
        tokens.append(Token("WORDS", "", atom.start, atom.end))
    return 1


def _named_number(atoms: list[Atom], index: int) -> int:
    """How many atoms make a name that begins with a digit: "3A4", "11q23", "5B"; 0 where none does."""
    if index + 1 == len(atoms) or not atoms[index + 1].glued or not atoms[index + 1].text[0].isalpha():
        return 0
    if index and atoms[index - 1].text.lower() in _NUMBERED:
        return 0
    end = index + 1
    while end < len(atoms) and atoms[end].glued and atoms[end].text.isalnum():
        end += 1
    return end - index if _NAME.fullmatch("".join(atom.text for atom in atoms[index:end])) else 0


def _in_name(tokens: list[Token], atom: Atom) -> bool:
    """Whether a number belongs to the name that it is glued to: `OX-40`, `CT3001`, `V777L`."""
    if not tokens or tokens[-1].type not in ("WORDS", "CONCEPT") or not 0 <= atom.start - tokens[-1].end <= (0 if atom.glued else -1) + 1:
        return False
    return atom.glued and (tokens[-1].type == "WORDS" or tokens[-1].kind in ("treatment", "procedure", "condition", "marker", "substance"))


def _number(tokens: list[Token], atoms: list[Atom], index: int) -> int:
    """A number; a power of ten after a number and a sign of multiplication is of that number ("1.0 x 10^11")."""
    value, size, power = in_digits(atoms, index)
    start = atoms[index].start
    if power and [token.type for token in tokens[-2:]] == ["NUMBER", "TIMES"]:
        value, start = value * tokens[-2].number, tokens[-2].start
        del tokens[-2:]
    tokens.append(Token("NUMBER", value, start, atoms[index + size - 1].end))
    return size


def _before_unit(token: Token) -> bool:
    """Whether a unit may follow: after a number, and after "in the past" and the like."""
    return token.type in _UNIT_FOLLOWS or (bool(token.also) and any(meaning.terminal == "LAST" for meaning in token.also))


def _unit(tokens: list[Token], atoms: list[Atom], index: int, lexicon: Lexicon) -> int:
    """A unit directly after a number: the longest spelling of the closed table, in its own case if it can be."""
    size, unit = _longest(lexicon.units, atoms, index, lambda atom: atom)
    folded_size, folded_unit = _longest(lexicon.folded_units, atoms, index, fold)
    if folded_size > size:
        size, unit = folded_size, folded_unit
    if not size or (tokens[-1].type != "NUMBER" and (unit not in TIME_UNITS or _numbered(atoms, index + size))):
        return 0
    tokens.append(Token("UNIT", unit, atoms[index].start, atoms[index + size - 1].end))
    return size


def _numbered(atoms: list[Atom], index: int) -> bool:
    """ "preceding day | 0": a day by its number, no length of time."""
    return index < len(atoms) and atoms[index].text.isdecimal()


def _longest(node: dict[str, Any], atoms: list[Atom], index: int, key: Callable[[str], str]) -> tuple[int, str]:
    size, unit = 0, ""
    for offset in range(index, len(atoms)):
        text = atoms[offset].text
        following = node.get(key(text)) or (node.get("x") if text in _TIMES else None)
        if following is None:
            break
        node = following
        if "" in node:
            size, unit = offset - index + 1, node[""]
    return size, unit


__all__ = ["UNKNOWN", "Token", "lex", "number"]
