"""The registry's own fields of a trial (ages, sex, volunteers) to criteria, and where bullets disagree with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from eligimatch.model.concept import Concept
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.quantity import Interval
from eligimatch.model.rule import AllOf, AnyOf, Is, Measure, Rule, Unparsed
from eligimatch.model.trial import Criterion, Form, Residue, Section, Trial

AGE = Concept(name="age", kind="analyte")
_LIMIT = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(year|month|week|day|hour|minute)s?\b\.?(?:\s+old)?\s*", re.IGNORECASE)
_NO_LIMIT = frozenset({"", "n/a", "na", "none", "no limit"})
_YEARS = {"year": 1.0, "month": 1 / 12, "week": 7 / 365.25, "day": 1 / 365.25}
_UNITS = frozenset({"hour", "minute", *_YEARS})
_SEXES = {"all": frozenset({"female", "male"}), "female": frozenset({"female"}), "male": frozenset({"male"})}
SAME_AGE = 0.02
"""Years by which limits in different units may differ and be the same: a week."""
AgeLimit = tuple[float, str]
"""A number and its unit: year, month, week or day."""


def registry_criteria(trial: Trial) -> tuple[Criterion, ...]:
    """R-age, R-sex and R-volunteers, each where the record asks something there.

    Ages in years are completed years: a maximum of 80 years still admits the whole year after the 80th birthday. Sex
    `all` asks nothing. `healthy_volunteers: false` asks that the person is no healthy volunteer (the fact `volunteer`,
    which a listed present condition denies); `true` admits both and asks nothing.
    """
    return tuple(criterion for criterion in (_age(trial), _sex(trial), _volunteers(trial)) if criterion)


def age_limit(text: str | None) -> AgeLimit | None:
    """A limit such as `18 years` or `6 Months`; None for no limit (`N/A`). Raises ValueError where it is neither."""
    if text is None or text.strip().lower() in _NO_LIMIT:
        return None
    found = _LIMIT.fullmatch(text)
    if found is None or found[2].lower() not in _UNITS:
        raise ValueError(text)
    number, unit = float(found[1]), found[2].lower()
    return (number / 24 / (60 if unit == "minute" else 1), "day") if unit in ("hour", "minute") else (number, unit)


# --- criteria --------------------------------------------------------------------------------------------------------------


def _age(trial: Trial) -> Criterion | None:
    said = [f"{which} age: {text}" for which, text in (("minimum", trial.minimum_age), ("maximum", trial.maximum_age)) if text]
    text = "; ".join(said)
    try:
        low, high = age_limit(trial.minimum_age), age_limit(trial.maximum_age)
    except ValueError:
        return _criterion("R-age", text, Unparsed(text=text))
    if low is None and high is None:
        return None
    return _criterion("R-age", text, _ages(low, high))


def _ages(low: AgeLimit | None, high: AgeLimit | None) -> Rule:
    if low and high and low[1] == high[1]:
        return _measure(Interval(low=low[0], high=high[0]), low[1])
    rules = [_measure(Interval(low=low[0]), low[1])] if low else []
    if high:
        rules.append(_measure(Interval(high=high[0]), high[1]))
    return rules[0] if len(rules) == 1 else AllOf(rules=tuple(rules))


def _measure(interval: Interval, unit: str) -> Measure:
    return Measure(analyte=AGE, interval=interval, unit=unit)


def _sex(trial: Trial) -> Criterion | None:
    if trial.sex in (None, "all"):
        return None
    return _criterion("R-sex", f"sex: {trial.sex}", Is(fact="sex", values=(trial.sex,)))


def _volunteers(trial: Trial) -> Criterion | None:
    if trial.healthy_volunteers is not False:
        return None
    return _criterion("R-volunteers", "healthy volunteers: no", Is(fact="volunteer", values=("false",)))


def _criterion(number: str, text: str, rule: Rule) -> Criterion:
    """A criterion of the registry; its rule's span is all of its text."""
    span = rule.span._replace(end=len(text))
    rule = rule.model_copy(update={"span": span})
    unread = isinstance(rule, Unparsed)
    residue = (Residue(text=text, span=span, expected="a number with years, months, weeks or days"),) if unread else ()
    return Criterion(id=number, kind="registry", text=text, rule=rule, form=Form.UNPARSED if unread else Form.TYPED, residue=residue)


# --- disagreements -----------------------------------------------------------------------------------------------------------


def disagreements(trial: Trial, criteria: Iterable[Criterion]) -> list[Diagnostic]:
    """Warnings where a bullet's own age or sex differs from the registry's field; both stay criteria.

    Only what a bullet asks of everyone is compared: nothing for a group, no alternatives.
    """
    bullets = [criterion for criterion in criteria if criterion.kind != "registry"]
    return [_warning(trial, bullet, field) for bullet in bullets for field in _differing(trial, bullet)]


def _differing(trial: Trial, bullet: Criterion) -> Iterator[str]:
    """The fields that the bullet contradicts: `minimum age`, `maximum age`, `sex`."""
    fields = _fields(trial)
    for leaf in _asked(bullet.rule, bullet.kind):
        match leaf:
            case Measure(analyte=Concept(name="age")) if fields:
                for which, years in _limits(leaf, bullet.kind):
                    if (limit := fields[which]) is None or abs(limit - years) > SAME_AGE:
                        yield f"{which} age"
            case Is(fact="sex") if trial.sex is not None and _sexes(leaf, bullet.kind) != _SEXES[trial.sex]:
                yield "sex"
            case _:
                pass


def _fields(trial: Trial) -> dict[str, float | None]:
    """The record's age limits in years; empty where it gives none or they cannot be read."""
    try:
        limits = {"minimum": age_limit(trial.minimum_age), "maximum": age_limit(trial.maximum_age)}
    except ValueError:
        return {}
    return {which: limit[0] * _YEARS[limit[1]] if limit else None for which, limit in limits.items()} if any(limits.values()) else {}


def _asked(rule: Rule, kind: Section) -> Iterator[Rule]:
    """What a bullet asks of everyone by itself: the members of "and" for inclusion, of "or" for exclusion."""
    match rule:
        case AllOf() if kind == "inclusion":
            members = rule.rules
        case AnyOf() if kind == "exclusion":
            members = rule.rules
        case _:
            yield rule
            return
    for member in members:
        yield from _asked(member, kind)


def _limits(rule: Measure, kind: Section) -> Iterator[tuple[str, float]]:
    """Minimum and maximum in years, both included; those that an exclusion leaves over where it excludes one side."""
    ends = rule.interval
    low, high = (ends.low, ends.low_open), (ends.high, ends.high_open)
    if kind == "exclusion":
        if low[0] is not None and high[0] is not None:
            return
        low, high = (high[0], not high[1]), (low[0], not low[1])
    unit = rule.unit if rule.unit in _YEARS else "year"
    whole = 1.0 if unit == "year" else 0.0
    if low[0] is not None:
        yield "minimum", (low[0] + whole * low[1]) * _YEARS[unit or "year"]
    if high[0] is not None:
        yield "maximum", (high[0] - whole * high[1]) * _YEARS[unit or "year"]


def _sexes(rule: Is, kind: Section) -> frozenset[str]:
    named = frozenset(rule.values)
    return named if kind == "inclusion" else _SEXES["all"] - named


def _warning(trial: Trial, bullet: Criterion, field: str) -> Diagnostic:
    value = {"minimum age": trial.minimum_age, "maximum age": trial.maximum_age, "sex": trial.sex}[field]
    return Diagnostic(
        title=f"the registry's {field} and a criterion differ",
        severity="warning",
        source=f"{trial.id} {bullet.id}",
        text=bullet.text,
        span=bullet.rule.span,
        label=f"the registry says {field}: {value or 'no limit'}",
        kept="both are asked",
        hint="see which of them the protocol means, and correct the field or add a clarification",
    )
