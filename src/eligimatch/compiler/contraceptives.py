"""Contraceptives: bullets that list methods after one that asks for contraception: any of them will do, none is demanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eligimatch.compiler.cues import cued
from eligimatch.compiler.rules import hads
from eligimatch.model.rule import AllOf
from eligimatch.model.trial import Criterion, Form
from eligimatch.model.vocabulary import Vocabulary

_METHODS = frozenset({"contraceptive", "barrier contraception", "sterilization", "intrauterine device", "sexual abstinence", "vasectomized partner"})
_SPOKEN_OF = cued(r"\bcontracepti|\bbirth control\b", "contracepti|birth control")
_METHOD = re.compile(r"\b(?:hormon|intrauterine|IU[DS]\b|implant|inject|diaphragm|cap\b|sponge|spermicid|condom|abstinen)", re.IGNORECASE)
"""What stands among methods, whether or not it is known by name."""
_DEMANDS = re.compile(r"\b(?:must|should|shall|agree\w*|required?|willing)\b", re.IGNORECASE)


def as_examples(criteria: Iterable[Criterion], vocabulary: Vocabulary) -> Iterator[Criterion]:
    """The criteria of the inclusions, such bullets asking nothing."""
    listed = False
    for criterion in criteria:
        method = listed and criterion.kind == "inclusion" and _only_method(criterion, vocabulary)
        among = listed and _METHOD.search(criterion.text) is not None and _DEMANDS.search(criterion.text) is None
        listed = method or among or _SPOKEN_OF.search(criterion.text) is not None
        yield criterion.model_copy(update={"rule": AllOf(rules=(), span=criterion.rule.span), "form": Form.TYPED}) if method else criterion


def _only_method(criterion: Criterion, vocabulary: Vocabulary) -> bool:
    named = hads(criterion.rule)
    known = bool(named) and all(had.concept.linked and not _METHODS.isdisjoint(vocabulary.ancestors(had.concept.name)) for had in named)
    return known and _DEMANDS.search(criterion.text) is None
