"""Adjectives: what a phrase's adjectives, place, side and scale ask of the item, as qualifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.scales import admitted
from eligimatch.compiler.syntax import Comparison
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Coded, Had, Judged, Qualifier, Ranged, Requiring, Staged
from eligimatch.model.span import Span
from eligimatch.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

ANY_TREATMENT = Concept(name="treatment", kind="treatment")
_IN_SITU = Concept(name="in situ cancer")
_ADVANCED = ("metastatic", "locally advanced", "unresectable")
_COURSES: dict[str, tuple[str, ...]] = {
    "advanced": _ADVANCED, "relapsed or refractory": ("relapsed", "refractory"), "persistent": ("persistent", "progressive", "refractory"),
}  # fmt: skip
_PREDNISONE = ("prednisone", "prednisolone")
"""In whose milligrams the published tables give the doses of the others."""
MODERATELY_SEVERE = "moderately severe"
"""A severity that lies between those that a profile tells."""
_SEVERITIES = {"moderate or severe": ("moderate", "severe"), "mild or moderate": ("mild", "moderate")}


def qualities_of(phrase: Phrase, head: Concept, nouns: Nouns) -> list[Qualifier]:
    """The qualifiers that stand before or after the head as adjectives."""
    found: list[Qualifier] = []
    coded: dict[str, list[str]] = {}
    for token in (one for one in phrase.adjectives if not _invades(one, head)):  # of these the exception tells
        values = str(token.value).split("|")
        match token.type:
            case "SEVERITY" if MODERATELY_SEVERE not in values:
                _extend(coded, "severity", values, _SEVERITIES)
            case "COURSE" if head.kind == "procedure" and head.linked:
                raise Unreadable(token.start, token.end, "a course of what takes none")  # "stable, as shown by laboratory tests"
            case "COURSE" if values == ["advanced"] and not _may_be_cancer(head, nouns.linker.vocabulary):
                found.append(Judged(words=nouns.words(phrase)))
            case "COURSE" if values[0] in ("untreated", "treated", "under treatment"):
                found.append(_treated(head, nouns.linker.vocabulary, said=values[0]))
            case "COURSE" | "NEW":
                found.append(Coded(aspect="course", values=tuple(dict.fromkeys(m for value in values for m in _COURSES.get(value, (value,))))))
            case "EVIDENCE":
                _extend(coded, "evidence", values, {})
            case "INTENT":
                _extend(coded, "intent", [part for value in values for part in value.split(" or ")], {})
            case "ROUTE":
                _extend(coded, "route", values, {})
            case "STAGE":
                found.extend(_staged(phrase, token, nouns.linker.fact(head, "classes")))
            case _:
                found.append(_narrowed(token) or Judged(words=nouns.words(phrase)))
    if phrase.sides in ("each", "bilateral", "left", "right"):
        sides = ("bilateral",) if phrase.sides in ("each", "bilateral") else (phrase.sides, "bilateral")
        found.append(Coded(aspect="side", values=sides))
    coded |= {"site": phrase.sites} if phrase.sites else {}
    found.extend(Coded(aspect=aspect, values=tuple(dict.fromkeys(values))) for aspect, values in coded.items())
    return found


def in_situ(phrase: Phrase, head: Concept) -> tuple[Had, ...]:
    """ "invasive malignancy": any but one that is in situ."""
    return tuple(Had(concept=_IN_SITU, span=Span(token.start, token.end)) for token in phrase.adjectives if _invades(token, head))


def _invades(token: Token, head: Concept) -> bool:
    return token.type == "QUALITY" and token.text.lower() == "invasive" and head.name == "cancer"


def _narrowed(token: Token) -> Qualifier | None:
    """ "investigational", "first-line", "second line or later": what a profile says of a treatment."""
    if token.value == "investigational":
        return Coded(aspect="investigational", values=("true",))
    if token.type != "LINE":
        return None
    number = float(str(token.value).rstrip("+"))
    return Ranged(aspect="line", interval=Interval(low=number, high=None if str(token.value).endswith("+") else number))


def _may_be_cancer(head: Concept, vocabulary: Vocabulary) -> bool:
    """Whether the head is a cancer, or a class to which cancers belong; what is not known may be one."""
    return not head.linked or vocabulary.is_a(head.name, "neoplasm") or vocabulary.is_a("cancer", head.name)


def _staged(phrase: Phrase, token: Token, classes: object) -> list[Qualifier]:
    """The stages, in the scale that stands beside them, or by which classes of the disease are told where none is named."""
    system = phrase.system.names[0] if phrase.system else str(classes) if classes and "class" in token.text.lower() else ""
    return [stage if stage.system or not system else stage.model_copy(update={"system": system}) for stage in token.stages]


def scaled(phrase: Phrase, vocabulary: Vocabulary) -> None:
    """ "NYHA ≥ 2": the values of the scale from there on, as a stage."""
    system, comparison = phrase.system, phrase.comparisons[0] if phrase.comparisons else phrase.grade
    staged = any(token.type == "STAGE" for token in phrase.adjectives)
    if system is None or comparison is None or (staged and not phrase.comparisons):
        return  # "Ann Arbor stage III, grade 2": the grade is not the scale's
    values = tuple(str(value) for value in vocabulary[system.names[0]].facts.get("values", []))
    measured = any(value.unit or value.limit for value in (comparison.low, comparison.high) if value)  # "pathologic stage IB (≥ 4 cm)"
    found = admitted(values, comparison) if values and not measured else ()
    if not found:
        raise Unreadable(comparison.start, comparison.end, f"a value of {system.names[0]}")
    stage = Token("STAGE", (Staged(system=system.names[0], values=found),), comparison.start, comparison.end)
    phrase.adjectives, phrase.comparisons, phrase.grade = [*phrase.adjectives, stage], [], None


def _treated(head: Concept, vocabulary: Vocabulary, *, said: str) -> Qualifier:
    """ "untreated lymphoma": nothing that treats it is or was given; "being treated": now."""
    cancer = head.linked and vocabulary.is_a(head.name, "cancer")
    concept = Concept(name="anticancer therapy", kind="treatment") if cancer else ANY_TREATMENT
    return Requiring(
        treatment=Had(concept=concept, section="treatments", when="now" if said == "under treatment" else "ever"), negated=said == "untreated"
    )


def dosed_as(phrase: Phrase, vocabulary: Vocabulary) -> None:
    """ "systemic steroids at more than 10 mg of prednisone a day": any of them, their dose told as prednisone."""
    if len(phrase.heads) != 2 or not phrase.comparisons or not all(head.names for head in phrase.heads):
        return
    steroids, measure = phrase.heads
    between = steroids.end <= phrase.comparisons[0].start < measure.start
    if between and measure.names[0] in _PREDNISONE and any(vocabulary.is_a(name, "corticosteroid") for name in steroids.names):
        phrase.heads, phrase.equivalent = [steroids], True


def _extend(coded: dict[str, list[str]], aspect: str, values: list[str], meanings: Mapping[str, tuple[str, ...]]) -> None:
    for value in values:
        coded.setdefault(aspect, []).extend(meanings.get(value, (value,)))


def interval_of(comparison: Comparison) -> Interval:
    """The limits of a comparison as plain numbers; of numbers side by side, the first and the last."""
    if comparison.choices:
        low, high = min(comparison.choices), max(comparison.choices)
        if set(comparison.choices) != {low + step for step in range(int(high - low) + 1)}:
            raise Unreadable(comparison.start, comparison.end, "numbers side by side")
        return Interval(low=low, high=high)
    return Interval(
        low=comparison.low.number if comparison.low else None, high=comparison.high.number if comparison.high else None,
        low_open=comparison.low_open, high_open=comparison.high_open,
    )  # fmt: skip


def prevents(phrase: Phrase) -> bool:
    """ "malaria prophylaxis": a treatment, whatever is prevented."""
    return any(token.value == "prophylaxis" for token in phrase.adjectives)
