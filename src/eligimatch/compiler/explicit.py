"""Explicit wording into its rule: `any of [stroke; all of [asthma; history of hepatitis B [course: acute]]]`.

Brackets say how far a connective reaches and what a detail belongs to. The words between them are read as they stand, true of those who have
it, in either section. Only a text that begins with one of the connectives before a bracket, and ends with that bracket, is explicit.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from eligimatch.compiler.rules import shifted
from eligimatch.model.brackets import Part, enclosed, parts, unkept
from eligimatch.model.concept import Concept
from eligimatch.model.details import LEAVES, Members, detailed
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, Unparsed
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

_CONNECTIVE = re.compile(r"(?P<word>all of|any of|not|exactly|either reading)|at least (?P<count>\d+) of", re.IGNORECASE)


class Explicit:
    """Reads explicit wording; `plain` reads the words between its brackets."""

    def __init__(self, plain: Callable[[str], Rule], vocabulary: Vocabulary) -> None:
        self._plain = plain
        self._vocabulary = vocabulary
        self._members = Members(self._member, self._concept)

    def read(self, text: str) -> Rule | None:
        """The rule of an explicit text; None for any other."""
        if "[" not in text:
            return None
        try:
            return self._connected(Part(text).within(0, len(text)))
        except ValueError:
            return None

    def _connected(self, part: Part) -> Rule | None:
        found = enclosed(part)
        word = _CONNECTIVE.fullmatch(found[0]) if found else None
        if found is None or word is None:
            return None
        span = Span(part.start, part.start + len(part.text))
        return _joined(word, [self._member(member) for member in parts(found[1])], span)

    def _member(self, part: Part) -> Rule:
        """One part, of brackets of its own or in words."""
        found = enclosed(part)
        if found is None:
            return shifted(self._plain(part.text), lambda at: at + part.start)
        return self._connected(part) or self._leaf(part, *found)

    def _leaf(self, part: Part, head: str, said: Part) -> Rule:
        """Words with the details that brackets add; what is no detail leaves them unread."""
        span = Span(part.start, part.start + len(part.text))
        if head == "group":
            return Is(fact="group", values=tuple(unkept(one.text) for one in parts(said)), span=span)
        base = LEAVES.get(head) or self._plain(head)
        if not isinstance(base, (type, Had, Is, Measure)):
            return Unparsed(text=part.text, span=span)
        try:
            return detailed(base, said, self._members).model_copy(update={"span": span})
        except (ValueError, KeyError):
            return Unparsed(text=part.text, span=span)

    def _concept(self, name: str) -> Concept:
        """The concept of a name of the vocabulary. Raises KeyError for another."""
        return Concept(name=name, kind=self._vocabulary[name].kind)


def _joined(word: re.Match[str], members: list[Rule], span: Span) -> Rule:
    rules = tuple(members)
    match word["word"].lower() if word["word"] else "":
        case "all of":
            return AllOf(rules=rules, span=span)
        case "any of":
            return AnyOf(rules=rules, span=span)
        case "either reading" if rules:
            return Ambiguous(readings=rules, span=span)
        case "not" if len(rules) == 1:
            return Not(rule=rules[0], span=span)
        case "exactly" if len(rules) == 1:
            return rules[0]
        case "":
            return AtLeast(count=int(word["count"]), rules=rules, span=span)
    raise ValueError(word[0])
