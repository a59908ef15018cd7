"""Marked diseases: results of markers said before a disease ("ER-positive, HER2-negative breast cancer") as results beside it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from eligimatch.compiler.noun_words import told_by_name
from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.qualities import OR
from eligimatch.compiler.tokens import Token
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, AnyOf, Is, Measure, Rule
from eligimatch.model.vocabulary import Vocabulary

if TYPE_CHECKING:
    from eligimatch.compiler.nouns import Nouns

MARKERS = frozenset({"marker", "analyte"})
_OF_TUMORS = frozenset({"metastatic", "locally advanced", "advanced", "recurrent", "relapsed", "unresectable", "relapsed or refractory"})
LACKING = frozenset({"negative", "wild-type"})
"""Results that a row of markers joined by slashes has together: "ER/PR/HER2 negative"."""
_ELSE = (
    "comparisons", "parts", "act", "speech", "normal", "unread", "window", "circumstances", "grade", "count", "suspected", "other", "study",
    "since",
)  # fmt: skip


def mark_disease(phrase: Phrase, start: int) -> None:
    """A disease follows the result of a marker in one phrase: the result becomes a mark of it."""
    heads = phrase.heads
    if heads and all(token.kind == "marker" or (phrase.results and token.kind in MARKERS) for token in heads):
        mark = Phrase(heads[0].start, start, heads=heads, results=phrase.results, comparisons=phrase.comparisons, parens=phrase.parens)
        phrase.marks.append(("", mark))
        phrase.heads, phrase.results, phrase.comparisons, phrase.parens = [], [], [], []


def gather_marks(phrases: list[Phrase], links: list[str], vocabulary: Vocabulary) -> None:
    """ "ER-positive and/or PR-positive, HER2-negative breast cancer": the results before the last one are the disease's too."""
    index = len(phrases) - 1
    while index > 0:
        noun = phrases[index]
        if _is_mark(phrases[index - 1]) and not noun.marks and _several(noun, vocabulary) and links[index - 1] in OR:
            _complete(phrases[index - 1], noun, vocabulary)
        elif _is_mark(phrases[index - 1]) and (noun.marks or _own_mark(noun, vocabulary) or _between(phrases, links, index, vocabulary)):
            while index > 0 and _is_mark(phrases[index - 1]) and links[index - 1] != "that":
                _take(noun, phrases[index - 1], links[index - 1])
                del phrases[index - 1], links[index - 1]
                index -= 1
        index -= 1


def alternatives(phrase: Phrase) -> list[list[Phrase]]:
    """The marks in groups: one of each group is asked.

    A comma or slash between different results joins two demands; between the same results it means what follows it.
    """
    groups: list[list[Phrase]] = []
    joins = True
    for link, mark in reversed(phrase.marks):
        if groups and joins:
            groups[-1].insert(0, mark)
        else:
            groups.append([mark])
        joins = link in OR and link != "slash"
        if link in ("comma", "slash"):
            before = phrase.marks[phrase.marks.index((link, mark)) - 1][1]
            same = {t.value for t in before.results} == {t.value for t in mark.results}
            lacking = bool(mark.results) and LACKING.issuperset(str(token.value) for token in mark.results)
            joins = same and ((link == "slash" and not lacking) or len(groups[-1]) > 1)
    return groups[::-1]


def jointly(rule: Rule, links: Collection[str]) -> Rule:
    """What commas and slashes alone join, of one thing: "triple-negative (ER < 1%, PR < 1%, HER2-negative)" asks all."""
    return AllOf(rules=rule.rules, span=rule.span) if isinstance(rule, AnyOf) and {"comma", "slash"}.issuperset(links) else rule


def scores(rule: Rule, marker: Concept | None) -> bool:
    """Whether a rule is all numbers of a marker: "PD-L1 positive (CPS ≥ 1)", "hormone receptor positive (ER and/or PR ≥ 1%)"."""
    if isinstance(rule, (AnyOf, AllOf)):
        return bool(rule.rules) and all(scores(member, marker) for member in rule.rules)
    return isinstance(rule, Measure) and marker is not None and f"{rule.analyte.name} ".startswith(f"{marker.name} ")


def _is_mark(phrase: Phrase) -> bool:
    """Only the name of a marker, with its result or with that of the next one."""
    named = bool(phrase.heads) and all(token.kind in MARKERS for token in phrase.heads)
    return named and not phrase.marks and not any(getattr(phrase, name) for name in _ELSE)


def _meant(noun: Phrase, vocabulary: Vocabulary) -> dict[str, Any]:
    """What a name that holds results means: the disease and the results."""
    head = noun.heads[0] if len(noun.heads) == 1 and noun.heads[0].names else None
    means = vocabulary[head.names[0]].facts.get("means") if head else None
    return means if isinstance(means, dict) and "results" in means else {}


def _several(noun: Phrase, vocabulary: Vocabulary) -> bool:
    return len(_meant(noun, vocabulary).get("results", {})) > 1


def _complete(before: Phrase, noun: Phrase, vocabulary: Vocabulary) -> None:
    """ "HER2-positive or triple-negative breast cancer": the first is a breast cancer too."""
    head = noun.heads[0]
    mark = Phrase(before.start, before.end, heads=before.heads, results=before.results, parens=before.parens)
    disease = Token("CONCEPT", "condition", head.start, head.end, (str(_meant(noun, vocabulary)["concept"]),))
    disease.text = head.text
    before.marks, before.heads, before.results, before.parens = [("", mark)], [disease], [], []


def _own_mark(noun: Phrase, vocabulary: Vocabulary) -> bool:
    """A disease whose name holds a result ("HER2-negative breast cancer"): the disease, and the results as marks."""
    means = _meant(noun, vocabulary)
    if not means:
        return False
    head = noun.heads[0]
    for name, value in means["results"].items():
        marker, result = Token("CONCEPT", "marker", head.start, head.end, (name,)), Token("RESULT", value, head.start, head.end)
        marker.text = result.text = head.text
        noun.marks.append(("and" if noun.marks else "", Phrase(head.start, head.end, heads=[marker], results=[result])))
    plain = Token("CONCEPT", "condition", head.start, head.end, (str(means["concept"]),))
    plain.text = head.text
    noun.heads = [plain]
    return True


def _between(phrases: list[Phrase], links: list[str], index: int, vocabulary: Vocabulary) -> bool:
    """ "stage II-III, HER2-positive, invasive breast cancer": results between what is said of a tumor and its name."""
    noun, mark = phrases[index], phrases[index - 1]
    tumor = len(noun.heads) == 1 and noun.heads[0].kind == "condition" and vocabulary.is_a(noun.heads[0].names[0], "neoplasm")
    if not tumor or not mark.results or links[index - 1] != "comma":
        return False
    while index > 1 and _is_mark(phrases[index - 1]) and not _of_tumor(phrases[index - 1]):
        index -= 1
    first = phrases[index - 1]
    return _of_tumor(first) and (first.bare or _is_mark(first))


def _of_tumor(phrase: Phrase) -> bool:
    return any(token.type in ("STAGE", "COURSE", "EVIDENCE") for token in phrase.adjectives)


def of_stage(rule: Rule, phrase: Phrase, nouns: Nouns) -> Rule:
    """ "stage III, HER2 positive": a stage or course said of a marker's result is of the disease that is studied."""
    told = [token for token in phrase.adjectives if token.type == "STAGE" or (token.type == "COURSE" and token.value in _OF_TUMORS)]
    if not told or not isinstance(rule, Is) or rule.concept is None or rule.concept.kind != "marker":
        return rule
    disease = nouns.occurrences.unnamed(Phrase(phrase.start, phrase.end, adjectives=told, study=True), rule.span)
    return AllOf(rules=(disease, rule), span=rule.span)


def _take(noun: Phrase, before: Phrase, link: str) -> None:
    first = noun.marks[0][1] if noun.marks else before
    results = before.results or ([] if told_by_name(before, first) else first.results)
    mark = Phrase(before.start, before.end, heads=before.heads, results=results, parens=before.parens)
    noun.marks = [("", mark), (link, first), *noun.marks[1:]] if noun.marks else [("", mark)]
    noun.adjectives = before.adjectives + noun.adjectives
    noun.start, noun.known, noun.time = before.start, noun.known or before.known, noun.time or before.time
    noun.negated = noun.negated or before.negated
