"""A rule in words that compile back to it: as a plain sentence where that does, with explicit brackets where it would say something else."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eligimatch.model.brackets import bare_words, bracketed, kept
from eligimatch.model.details import Leaf, Members, concept_words, details
from eligimatch.model.rule import NOWHERE, AllOf, Ambiguous, AnyOf, AtLeast, Had, Is, Measure, Not, Rule, Statement, Unparsed
from eligimatch.report.words import sentence

Reads = Callable[[str], Rule]
"""What a text compiles to, in the section where it will stand."""


def exact(rule: Rule, reads: Reads) -> str:
    """Words that `reads` takes for the same rule."""
    plain = sentence(rule)
    return plain if same(reads(plain), rule) else _Printer(reads).whole(rule)


def same(first: Rule, second: Rule) -> bool:
    """Whether two rules ask the same, wherever their words stand and however a limit is written."""
    return _bare(first.model_dump()) == _bare(second.model_dump())


def _bare(value: object) -> object:
    if isinstance(value, dict):
        return {key: _bare(inner) for key, inner in value.items() if key not in ("span", "written")}
    return [_bare(inner) for inner in value] if isinstance(value, (list, tuple)) else value


class _Printer:
    """Words for a rule's parts, each as plain as it compiles back."""

    def __init__(self, reads: Reads) -> None:
        self._compile = reads
        self._short = Members(self.part, lambda concept: concept.name)
        self._long = Members(self.part, concept_words)

    def whole(self, rule: Rule) -> str:
        """A rule by itself: a connective, or brackets around its words."""
        return _connected(rule, self.part) or bracketed("exactly", [self.part(rule)])

    def part(self, rule: Rule) -> str:
        """A rule between brackets."""
        plain = sentence(rule)
        if self._says(plain, rule):
            return plain
        return _connected(rule, self.part) or self._leaf(rule)

    def _leaf(self, rule: Rule) -> str:
        """The first wording that says it all: words with details, else details alone."""
        assert isinstance(rule, Measure | Is | Had | Statement | Unparsed)
        if isinstance(rule, Is) and rule.model_copy(update={"span": NOWHERE}) == Is(fact="group", values=rule.values):
            return bracketed("group", map(kept, rule.values))
        listed = [bracketed(core, details(rule, base, write)) for core, base in self._cores(rule) for write in (self._short, self._long)]
        return next((words for words in listed if same(self._reads(words), rule)), listed[-1])

    def _cores(self, rule: Leaf) -> Iterator[tuple[str, Leaf | None]]:
        """What a leaf says in words that are read as one of its kind, with what they say; last its kind alone."""
        for less in _lessened(rule):
            words = sentence(less)
            read = self._reads(words) if bare_words(words) else None
            if read is not None and type(read) is type(rule) and _fewer(read, rule):
                yield words, read
        yield rule.node, None

    def _reads(self, words: str) -> Rule:
        return self._compile(bracketed("exactly", [words]))

    def _says(self, words: str, rule: Rule) -> bool:
        return bare_words(words) and same(self._reads(words), rule)


def _connected(rule: Rule, part: Callable[[Rule], str]) -> str:
    """A connective with its members, empty for a leaf."""
    match rule:
        case AllOf():
            return bracketed("all of", map(part, rule.rules))
        case AnyOf():
            return bracketed("any of", map(part, rule.rules))
        case AtLeast():
            return bracketed(f"at least {rule.count} of", map(part, rule.rules))
        case Not():
            return bracketed("not", [part(rule.rule)])
        case Ambiguous():
            return bracketed("either reading", map(part, rule.readings))
        case _:
            return ""


def _lessened(rule: Leaf) -> Iterator[Leaf]:
    """The leaf without what may be told in brackets, less and less."""
    match rule:
        case Had():
            without = rule.model_copy(update={"but_not": (), "examples": ()})
            yield without
            for count in range(len(rule.qualifiers) - 1, -1, -1):
                yield without.model_copy(update={"qualifiers": rule.qualifiers[:count]})
            yield without.model_copy(update={"qualifiers": (), "window": None, "when": "now", "count": None})
        case Measure():
            yield rule.model_copy(update={"window": None})
        case Is():
            yield rule.model_copy(update={"window": None})


def _fewer(read: Rule, rule: Rule) -> bool:
    """Whether what was read is of the rule's concept and has none but the first of its qualifiers."""
    if not (isinstance(read, Had) and isinstance(rule, Had)):
        return True
    return read.concept == rule.concept and read.qualifiers == rule.qualifiers[: len(read.qualifiers)]


__all__ = ["Reads", "exact", "same"]
