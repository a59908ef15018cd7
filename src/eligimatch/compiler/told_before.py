""" "Steroids > 10 mg/day or other immunosuppressants": what a list has told the limits of is none of the others that it goes on to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from eligimatch.compiler.phrase import Phrase
from eligimatch.compiler.rules import each_leaf
from eligimatch.model.rule import Ambiguous, Had, Qualifier, Ranged, Requiring, Rule, leaves
from eligimatch.model.vocabulary import Vocabulary


def others_than_told(phrases: Sequence[Phrase], members: Sequence[Rule], vocabulary: Vocabulary) -> list[Rule]:
    """The members, each "other" without those before it of which more was said; where that is no dose, perhaps without."""
    return [
        each_leaf(member, partial(_other, told=list(_told(members[:place])), vocabulary=vocabulary)) if phrase.other and place else member
        for place, (phrase, member) in enumerate(zip(phrases, members, strict=True))
    ]


def _told(members: Sequence[Rule]) -> Iterator[Had]:
    """What is asked with more than its name, and so what is required of a condition."""
    for leaf in (leaf for member in members for leaf in leaves(member) if isinstance(leaf, Had)):
        if leaf.qualifiers and leaf.concept.linked:
            yield leaf
        yield from _told([quality.treatment for quality in leaf.qualifiers if isinstance(quality, Requiring)])


def _other(leaf: Rule, told: Sequence[Had], vocabulary: Vocabulary) -> Rule:
    if not isinstance(leaf, Had) or not leaf.concept.linked:
        return leaf
    if any(isinstance(quality, Requiring) for quality in leaf.qualifiers):
        leaf = leaf.model_copy(update={"qualifiers": tuple(_but_requiring(quality, told) for quality in leaf.qualifiers)})
    sure = _but_dosed(leaf, told)
    kinds = [had for had in told if had.section == leaf.section and not _dosed(had) and vocabulary.is_a(had.concept.name, leaf.concept.name)]
    return Ambiguous(readings=(sure, _but(sure, kinds)), span=leaf.span) if kinds and not leaf.qualifiers else sure


def _but_requiring(quality: Qualifier, told: Sequence[Had]) -> Qualifier:
    return quality.model_copy(update={"treatment": _but_dosed(quality.treatment, told)}) if isinstance(quality, Requiring) else quality


def _but_dosed(asked: Had, told: Sequence[Had]) -> Had:
    return asked if _dosed(asked) else _but(asked, [had for had in told if had.section == asked.section and _dosed(had)])


def _dosed(had: Had) -> bool:
    return any(isinstance(quality, Ranged) and quality.aspect == "dose" for quality in had.qualifiers)


def _but(asked: Had, told: Sequence[Had]) -> Had:
    bare = tuple(dict.fromkeys(Had(concept=had.concept, section=had.section, span=had.span) for had in told))
    return asked.model_copy(update={"but_not": (*asked.but_not, *bare)}) if bare else asked
