"""Results: what one qualitative result says of another word for it, of a gene's variants and of the gene itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from eligimatch.engine.case import Case
from eligimatch.engine.facts import Marked
from eligimatch.engine.names import MARKERS
from eligimatch.engine.readings import Reading, number
from eligimatch.model.rule import Is
from eligimatch.model.verdict import Truth
from eligimatch.model.words import folded

_ALTERED = frozenset({"mutated", "amplified", "fusion", "deleted", "altered"})
_PRESENT = _ALTERED | {"positive", "expressed", "high"}
_PROVES: dict[str, frozenset[str]] = {
    "mutated": frozenset({"mutated", "positive", "altered"}),
    "amplified": frozenset({"amplified", "positive", "altered"}),
    "fusion": frozenset({"fusion", "positive", "altered"}),
    "deleted": frozenset({"deleted", "altered"}),
    "altered": frozenset({"altered"}),
    "expressed": frozenset({"expressed", "positive"}),
    "high": frozenset({"high", "positive", "expressed"}),
    "low": frozenset({"low"}),
    "positive": frozenset({"positive"}),
    "negative": frozenset({"negative"}),
    "wild-type": frozenset({"wild-type", "negative"}),
    "lost": frozenset({"lost", "deficient", "negative"}),
    "deficient": frozenset({"deficient", "lost"}),
    "proficient": frozenset({"proficient", "retained"}),
}
"""What a listed result is besides itself."""
_REFUTES: dict[str, frozenset[str]] = {
    "mutated": frozenset({"wild-type", "negative"}),
    "amplified": frozenset({"negative"}),
    "fusion": frozenset({"negative"}),
    "deleted": frozenset({"negative", "retained"}),
    "expressed": frozenset({"negative", "lost"}),
    "high": frozenset({"low", "negative", "lost", "stable"}),
    "low": frozenset({"high", "positive"}),
    "positive": frozenset({"negative", "wild-type", "lost"}),
    "negative": frozenset({"positive", "mutated", "altered", "amplified", "fusion", "expressed", "high", "detected"}),
    "wild-type": frozenset({"mutated", "altered", "positive"}),
    "lost": frozenset({"expressed", "proficient", "positive", "retained"}),
    "deficient": frozenset({"proficient", "retained", "stable"}),
    "proficient": frozenset({"deficient", "lost"}),
}
"""What a listed result rules out."""


def compared(asked: Iterable[str], said: Collection[str]) -> Truth:
    """Whether a result is one of the asked; unknown where it neither is one nor rules each out."""
    wanted = tuple(asked)
    meant = set(said).union(*(_PROVES.get(word, frozenset()) for word in said))
    if meant & set(wanted):
        return True
    refuted = set[str]().union(*(_REFUTES.get(word, frozenset()) for word in said))
    closed = any(word not in _PROVES for word in said)
    return False if all(word in refuted for word in wanted) or (closed and not set(wanted) & set(_PROVES)) else None


def told(word: str, results: object) -> bool:
    """Whether a word is a result that the vocabulary knows of an observation, where it lists them: "smokes daily" is none of a status."""
    return not isinstance(results, list) or word in results or word in _PROVES or word in _REFUTES


def of_word(reading: Reading, case: Case) -> str | None:
    """The result of an observation in the language's words: "not detected" is negative, 1200 copies are detected."""
    if isinstance(reading.value, str):
        words = folded(reading.value)
        meaning = case.facts.namer.wordings.meaning("RESULT", words) or case.facts.namer.wordings.meaning("NORMAL", words)
        if meaning or number(reading.value) is None:
            return meaning or " ".join(reading.value.lower().split())
        return None
    return "negative" if reading.value == 0 else "positive" if reading.value > 0 else None


# --- markers ---------------------------------------------------------------------------------------------------------------------------


def of_marker(rule: Is, marked: Marked, case: Case) -> Truth:
    """A variant that is there proves its gene altered; a gene that is not altered denies its variants."""
    if rule.concept is None:
        return None
    asked = rule.concept.name
    said = _said(marked)
    if not said:
        return None
    if not rule.concept.linked:
        return compared(rule.values, said) if marked.name.words == folded(asked) else None
    named = _named_with_result(marked, case)
    if asked in named:
        return compared(rule.values, {"positive", *said} - {"high", "low"} | {"positive"})
    if asked in marked.name.concepts:
        return compared(rule.values, said)
    if asked in marked.kinds:
        altered = {"altered"} if said & {*_ALTERED, "positive"} else set[str]()
        return compared(rule.values, said | altered) if said & _PRESENT else None
    return _of_gene(rule, asked, marked, said, named, case)


def _of_gene(rule: Is, asked: str, marked: Marked, said: set[str], named: tuple[str, ...], case: Case) -> Truth:
    """What the result of something wider, or of the opposite class, says of what is asked."""
    kinship = case.facts.kinship
    wider = any(kinship.is_a(asked, own) for own in marked.name.concepts)
    if wider and said <= {"wild-type", "negative", "lost"} and not marked.item.variant:
        return compared(rule.values, {"negative", "wild-type"})
    opposite = _OPPOSITE.get(next(iter(said)))
    if opposite and any(asked in case.facts.namer.vocabulary.find(f"{marked.item.name} {word}") for word in opposite) and asked not in named:
        return compared(rule.values, {"negative"})
    return None


_OPPOSITE = {
    "proficient": ("deficient", "deficiency"), "deficient": ("proficient", "proficiency"), "high": ("stable", "low"), "low": ("high",),
    "negative": ("positive", "high"), "positive": ("negative",),
}  # fmt: skip


def _said(marked: Marked) -> set[str]:
    if marked.item.result is not None:
        return {marked.item.result}
    return {"mutated"} if marked.item.variant else set()


def _named_with_result(marked: Marked, case: Case) -> tuple[str, ...]:
    """The concept that marker and result name together: mismatch repair, deficient; HER2, low."""
    if marked.item.result is None or marked.item.variant:
        return ()
    vocabulary = case.facts.namer.vocabulary
    found = vocabulary.find(f"{marked.item.name} {marked.item.result}")
    return tuple(name for name in found if vocabulary[name].kind in MARKERS and name not in marked.name.concepts)
