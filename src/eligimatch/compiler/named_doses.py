"""Doses that the examples of a treatment name: whether they are all that is meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eligimatch.compiler.rules import hads
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import Ambiguous, Had, Ranged, Requiring, Rule, leaves
from eligimatch.model.span import Span


def by_example(rule: Rule, asked: Had, listed: Rule, span: Span) -> Rule:
    """ "requiring immunosuppressants (i.e. > 10 mg prednisone)": a dose among the examples may be all that is meant."""
    named = tuple(had for had in hads(listed) if any(isinstance(qualifier, Ranged) for qualifier in had.qualifiers))
    if not named or not isinstance(rule, Had):
        return rule
    rest = tuple(qualifier for qualifier in asked.qualifiers if not isinstance(qualifier, Requiring))
    readings = tuple(asked.model_copy(update={"qualifiers": (*rest, Requiring(treatment=had)), "span": span}) for had in named)
    return Ambiguous(readings=(rule, *readings), span=span)


def sparing_lower_doses(rule: Rule, examples: Sequence[Rule]) -> Rule:
    """ "immunosuppressants such as prednisone > 10 mg/day": these, or these but for lower doses of it."""
    exceptions = [one for example in examples for leaf in leaves(example) if isinstance(leaf, Had) for one in _in_lower_doses(leaf)]
    if not exceptions:
        return rule
    readings = rule.readings if isinstance(rule, Ambiguous) else (rule,)
    spared = [one.model_copy(update={"but_not": (*one.but_not, *exceptions)}) for one in readings if isinstance(one, Had)]
    return Ambiguous(readings=(*readings, *spared), span=rule.span)


def _in_lower_doses(example: Had) -> Iterator[Had]:
    """The drug in the doses that are not named."""
    for quality in example.qualifiers:
        if isinstance(quality, Ranged) and quality.aspect == "dose" and quality.interval.low is not None and quality.interval.high is None:
            lower = quality.model_copy(update={"interval": Interval(high=quality.interval.low, high_open=not quality.interval.low_open)})
            yield Had(concept=example.concept, section=example.section, qualifiers=(lower,), span=example.span)
