"""Defining numbers: a condition asked by the number that shows it, and a number of which only a judgement is said."""

from __future__ import annotations

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase
from eligimatch.model.concept import Concept


def measured_by(phrase: Phrase, head: Concept, linker: Linker) -> Concept | None:
    """ "QT prolongation > 500 ms": what is measured, where the limit lies on the side of the condition; else none."""
    measured = linker.fact(head, "measured")
    said = phrase.adjectives or phrase.system or phrase.act or phrase.sites or phrase.speech or phrase.circumstances
    if not isinstance(measured, dict) or len(phrase.comparisons) != 1 or said:
        return None
    [(name, side)] = measured.items()
    comparison = phrase.comparisons[0]
    limit, other = (comparison.low, comparison.high) if side == "high" else (comparison.high, comparison.low)
    if limit is None or other is not None or not (limit.unit or limit.limit):
        return None
    return Concept(name=name, kind=linker.vocabulary[name].kind)


def judged_only(phrase: Phrase) -> bool:
    """ "uncontrolled blood pressure": of the number nothing is said but a judgement."""
    said = phrase.comparisons or phrase.results or phrase.normal or phrase.parts or phrase.parens or phrase.act or phrase.window or phrase.time
    return bool(phrase.adjectives) and all(token.type == "JUDGED" for token in phrase.adjectives) and not said
