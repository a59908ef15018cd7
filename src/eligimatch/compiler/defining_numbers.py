"""Defining numbers: a condition asked by the number that shows it, and a number of which only a judgement is said."""

from __future__ import annotations

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Coded, Had, Measure, Rule


def measured_by(phrase: Phrase, head: Concept, linker: Linker) -> Concept | None:
    """ "QT prolongation > 500 ms": what is measured, where the limit lies on the side of the condition; else none."""
    measured = linker.fact(head, "measured")
    said = phrase.adjectives or phrase.system or phrase.act or phrase.sites or phrase.speech or phrase.circumstances
    if not isinstance(measured, dict) or len(measured) != 1 or len(phrase.comparisons) != 1 or said:
        return None
    [(name, side)] = measured.items()
    comparison = phrase.comparisons[0]
    limit, other = (comparison.low, comparison.high) if side == "high" else (comparison.high, comparison.low)
    if limit is None or other is not None or not (limit.unit or limit.limit):
        return None
    return Concept(name=name, kind=linker.vocabulary[name].kind)


def shown_by(told: Rule, beside: list[Rule], linker: Linker) -> Rule | None:
    """ "anemia with hemoglobin < 8 g/dL", "ECG with QTc > 470 ms": the number alone, where it shows the condition or a test found it."""
    if _tested(told) and len(beside) == 1 and isinstance(beside[0], Measure):
        return beside[0]
    if not isinstance(told, Had) or told.when != "now" or told.other or told.but_not or len(beside) != 1 or not isinstance(beside[0], Measure):
        return None
    if any(not isinstance(quality, Coded) or quality.aspect != "severity" for quality in told.qualifiers):
        return None
    measured, number = linker.fact(told.concept, "measured"), beside[0]
    own = measured if isinstance(measured, dict) else {}
    asked = next((name for name in own if number.analyte.linked and linker.vocabulary.is_a(number.analyte.name, name)), None)
    if asked is None:
        return None
    side = number.interval.low if own[asked] == "high" else number.interval.high
    return None if side is None else number


def _tested(told: Rule) -> bool:
    """A test of which nothing is said but what it found."""
    return isinstance(told, Had) and told.concept.kind == "procedure" and told.concept.linked and told.when == "ever" and not told.qualifiers


def judged_only(phrase: Phrase) -> bool:
    """ "uncontrolled blood pressure": of the number nothing is said but a judgement."""
    said = phrase.comparisons or phrase.results or phrase.normal or phrase.parts or phrase.parens or phrase.act or phrase.window or phrase.time
    return bool(phrase.adjectives) and all(token.type == "JUDGED" for token in phrase.adjectives) and not said
