"""How much: numbers that say how large a thing is, how much of it was given or how long, where no profile tells that."""

from __future__ import annotations

from eligimatch.compiler.concepts import Linker
from eligimatch.compiler.phrase import Phrase, Unreadable
from eligimatch.compiler.syntax import Comparison, Value
from eligimatch.compiler.tokens import TIME_UNITS
from eligimatch.model.concept import Concept
from eligimatch.model.rule import Judged, Qualifier, Ranged, Staged

_SYSTEMIC = Concept(name="systemic corticosteroid", kind="treatment")
_STAGED = ("lung cancer", "small cell carcinoma", "neuroendocrine neoplasm")
_STUDIED = "study disease"
_PREDNISONE = 5.0
"""The milligrams of prednisone to which the vocabulary's `prednisone_equivalent` is equal."""
_DOSED = frozenset(
    {"%", "Gy", "cGy", "mg/m2", "mg/m2/day", "mg/m2/week", "g/m2", "mg/kg", "mg/kg/day", "g/kg", "mg/week", "mg/month", "mCi", "MBq", "GBq"}
)


def of_lungs(head: Concept, qualifiers: list[Qualifier], linker: Linker) -> list[Qualifier]:
    """ "mycosis fungoides with limited disease": a stage of cancers of the lung alone; of all else it is for a person to judge."""
    judged = [Judged(words="") if isinstance(one, Staged) and one.system == "VALG" else one for one in qualifiers]
    if judged == qualifiers or head.name == _STUDIED or not head.linked:
        return qualifiers
    return qualifiers if any(linker.vocabulary.is_a(head.name, cancer) or linker.vocabulary.is_a(cancer, head.name) for cancer in _STAGED) else judged


def of_any_steroid(head: Concept, qualifiers: list[Qualifier], linker: Linker) -> tuple[Concept, list[Qualifier]]:
    """ "dexamethasone > 4 mg/day or equivalent": any systemic steroid, by the dose of prednisone that does as much."""
    equal = linker.fact(head, "prednisone_equivalent")
    if not isinstance(equal, (int, float)) or not any(isinstance(one, Ranged) and one.equivalent for one in qualifiers):
        return head, qualifiers
    return _SYSTEMIC, [_in_prednisone(one, _PREDNISONE / equal) for one in qualifiers]


def _in_prednisone(quality: Qualifier, factor: float) -> Qualifier:
    if not isinstance(quality, Ranged) or not quality.equivalent:
        return quality
    return quality.model_copy(update={"interval": quality.interval.scaled(factor)})


def is_share(phrase: Phrase) -> bool:
    """ "radiotherapy to more than 25 % of the bone marrow", "of more than 30 Gy": how much of it, which only a person knows."""
    value = phrase.comparisons[0].low or phrase.comparisons[0].high if phrase.comparisons else None
    given = bool(phrase.heads) and phrase.heads[-1].kind == "treatment"
    return value is not None and given and (value.unit in _DOSED or phrase.together)


def doses(phrase: Phrase) -> bool:
    """Whether its number is the dose of a day."""
    value = (phrase.comparisons[0].low or phrase.comparisons[0].high) if phrase.comparisons else None
    return value is not None and value.unit in ("mg", "mg/day") and len(phrase.comparisons) == 1 and not phrase.together


def one_or_more(comparisons: list[Comparison]) -> bool:
    """ "at least one lesion": there is one."""
    low = comparisons[0].low
    alone = len(comparisons) == 1 and not (comparisons[0].high or comparisons[0].low_open)
    return alone and low is not None and low.number == 1 and not (low.unit or low.limit)


def named_once(phrase: Phrase) -> bool:
    """ "at least one risk factor": that there is one, where the number stands before its noun."""
    return bool(phrase.heads and phrase.comparisons) and one_or_more(phrase.comparisons) and phrase.comparisons[0].start < phrase.heads[0].start


def how_much(phrase: Phrase, text: str, *, forbids: bool) -> Judged:
    """The number as what narrows the head; raises Unreadable where it is the number of something else, or a time that must have passed."""
    start, end = phrase.comparisons[0].start, phrase.comparisons[-1].end
    values = [value for one in phrase.comparisons for value in (one.low, one.high) if value]
    kind = phrase.heads[-1].kind if phrase.heads else ""
    if kind == "condition" and any(value.limit or "/" in (value.unit or "") for value in values):
        raise Unreadable(start, end, "a number of it")  # "for subjects with Gilbert syndrome ≤ 3 mg/dL"
    if kind in ("treatment", "operation") and not (forbids or phrase.negated) and any(map(_elapsed, values)):
        raise Unreadable(start, end, "a number of it")  # "chemotherapy: 2 weeks or 5 half-lives", "surgery ≥ 3 weeks"
    if phrase.together:
        start = min(start, phrase.start)
    return Judged(words=" ".join(text[start:end].split()), known=is_share(phrase))


def _elapsed(value: Value) -> bool:
    """Whether it is a length of time, or that or some half-lives: since when there was none, or for how long there was."""
    return "|" in (value.unit or "") or value.unit in TIME_UNITS
