"""A leaf's details in explicit wording, both ways: `[course: acute; except: [vitiligo; psoriasis]]`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any, NamedTuple, cast

from eligimatch.model.brackets import Part, bracketed, enclosed, kept, labelled, parts, unkept
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Duration, Interval, TimeUnit, Window
from eligimatch.model.rule import (
    Coded,
    Had,
    Is,
    Judged,
    Lasting,
    Measure,
    Meeting,
    Purpose,
    Qualifier,
    Ranged,
    Requiring,
    Staged,
    Statement,
    Unparsed,
)

Leaf = Measure | Is | Had | Statement | Unparsed
LEAVES: dict[str, type[Leaf]] = {"measure": Measure, "is": Is, "had": Had, "statement": Statement, "unparsed": Unparsed}
_ASPECTS = frozenset({"course", "evidence", "severity", "intent", "route", "side", "site", "outcome", "reaction", "investigational", "verification"})
_RANGES = frozenset({"grade", "line", "dose"})
_LABELS = {"but_not": "except", "examples": "such as"}
_FIELDS = {label: field for field, label in _LABELS.items()}
_APART = frozenset({"span", "node", "written", "qualifiers"})
_NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?"
_END = re.compile(rf"(>=|<=|>|<|=) ({_NUMBER})")
_LENGTH = re.compile(rf"({_NUMBER}) (hour|day|week|month|year)s?")
_LASTING = re.compile(rf"(at least|less than|at most) ({_LENGTH.pattern})")


class Members(NamedTuple):
    """How the parts that need more than this page are written or read."""

    rule: Callable[[Any], Any]
    """A rule to its words, or a Part to its rule."""
    concept: Callable[[Any], Any]
    """A concept to its words, or a name to its concept."""


# --- to words ----------------------------------------------------------------------------------------------------------------


def details(leaf: Leaf, base: Leaf | None, write: Members) -> list[str]:
    """What a leaf says beyond another of its kind, or beyond nothing, each as `label: value`."""
    said = [] if base is None else list(getattr(base, "qualifiers", ()))
    fields = [f"{_label(name)}: {_field(name, getattr(leaf, name), write)}" for name, before in _before(leaf, base) if getattr(leaf, name) != before]
    return fields + [_qualifier(qualifier, write) for qualifier in getattr(leaf, "qualifiers", ())[len(said) :]]


def _before(leaf: Leaf, base: Leaf | None) -> Iterator[tuple[str, object]]:
    for name, field in type(leaf).model_fields.items():
        if name not in _APART:
            yield name, field.get_default(call_default_factory=True) if base is None else getattr(base, name)


def _label(field: str) -> str:
    return _LABELS.get(field, field)


def _field(name: str, value: Any, write: Members) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Concept():
            return str(write.concept(value))
        case Interval():
            return _interval(value)
        case Window():
            return _window(value)
        case tuple():
            return bracketed("", [write.rule(one) if name in _LABELS else kept(one) for one in value])
        case _:
            return kept(str(value))


def _qualifier(qualifier: Qualifier, write: Members) -> str:
    match qualifier:
        case Coded():
            return f"{qualifier.aspect}: {bracketed('', map(kept, qualifier.values))}"
        case Ranged():
            more = [f"unit: {kept(qualifier.unit)}"] if qualifier.unit else []
            more += ["equivalent: yes"] if qualifier.equivalent else []
            return f"{qualifier.aspect}: {_interval(qualifier.interval)}" + (f" {bracketed('', more)}" if more else "")
        case Staged():
            return f"stage: {bracketed(qualifier.system, map(kept, qualifier.values))}"
        case Purpose():
            return f"for: {write.concept(qualifier.concept)}"
        case Requiring():
            return f"{'not ' if qualifier.negated else ''}requiring: {write.rule(qualifier.treatment)}"
        case Lasting():
            event = "" if qualifier.event == "as_of" else f" [event: {kept(qualifier.event)}]"
            return f"lasting: {qualifier.bound} {_duration(qualifier.duration)}{event}"
        case Judged():
            return f"{'judged' if qualifier.known else 'narrowed'}: {kept(qualifier.words)}"
        case Meeting():
            return f"per: {kept(qualifier.criteria)}"


def concept_words(concept: Concept) -> str:
    """A concept with everything that is said of it."""
    said = [f"kind: {concept.kind}", *(["linked: no"] if not concept.linked else [])]
    if concept.within:
        said.append(f"within: {bracketed('', map(kept, concept.within))}")
    return bracketed(kept(concept.name), said)


def _interval(limits: Interval) -> str:
    low = "" if limits.low is None else f"{'>' if limits.low_open else '>='} {limits.low!r}"
    high = "" if limits.high is None else f"{'<' if limits.high_open else '<='} {limits.high!r}"
    return " and ".join(end for end in (low, high) if end) or "any"


def _duration(length: Duration) -> str:
    return f"{length.count!r} {length.unit}s"


def _window(window: Window) -> str:
    said = [f"{side}: {_duration(length)}" for side in ("start", "end", "after") if (length := getattr(window, side))]
    said += ["open: yes"] if window.start_open else []
    said += [] if window.half_lives is None else [f"half-lives: {window.half_lives!r}"]
    said += [] if window.shorter is False else [f"shorter: {'yes' if window.shorter else 'none'}"]
    return bracketed(kept(window.event), said)


# --- from words --------------------------------------------------------------------------------------------------------------


def detailed(base: Leaf | type[Leaf], said: Part, read: Members) -> Leaf:
    """A leaf with the details that its brackets hold. Raises ValueError where they are none of its kind."""
    kind = base if isinstance(base, type) else type(base)
    values: dict[str, Any] = {} if isinstance(base, type) else {name: getattr(base, name) for name in kind.model_fields}
    qualifiers = list(values.get("qualifiers", ()))
    for part in parts(said):
        label, value = labelled(part)
        name = _FIELDS.get(label, label)
        if name in kind.model_fields and name not in _APART:
            values[name] = _value(name, value, read)
        elif kind is Had:
            qualifiers.append(_qualified(label, value, read))
        else:
            raise ValueError(label)
    if kind is Had:
        values["qualifiers"] = tuple(qualifiers)
    return kind.model_validate(values)


def _value(name: str, value: Part, read: Members) -> Any:
    if value.text == "none":
        return None
    match name:
        case "concept" | "analyte":
            return _concept(value, read)
        case "interval" | "count" if not value.text.isdigit():
            return _interval_of(value.text)
        case "window":
            return _window_of(value)
        case "but_not" | "examples":
            return tuple(read.rule(part) for part in _listed(value))
        case "values":
            return tuple(unkept(part.text) for part in _listed(value))
        case _:
            return unkept(value.text)


def _qualified(label: str, value: Part, read: Members) -> Qualifier:
    words = tuple(unkept(part.text) for part in _listed(value)) if label in _ASPECTS else ()
    if label in _ASPECTS:
        return Coded.model_validate({"aspect": label, "values": words})
    if label in _RANGES:
        head, more = _options(value)
        return Ranged.model_validate({"aspect": label, "interval": _interval_of(head), **more})
    match label:
        case "stage":
            system, values = enclosed(value) or ("", value)
            return Staged(system=system, values=tuple(unkept(part.text) for part in parts(values)))
        case "for":
            return Purpose(concept=_concept(value, read))
        case "requiring" | "not requiring":
            return Requiring.model_validate({"treatment": read.rule(value), "negated": label != "requiring"})
        case "lasting":
            head, more = _options(value)
            found = _matched(_LASTING, head)
            return Lasting.model_validate({"bound": found[1], "duration": _duration_of(found[2]), **more})
        case "judged" | "narrowed":
            return Judged(words=unkept(value.text), known=label == "judged")
        case "per":
            return Meeting(criteria=unkept(value.text))
    raise ValueError(label)


def _concept(value: Part, read: Members) -> Concept:
    found = enclosed(value)
    if found is None:
        return cast("Concept", read.concept(unkept(value.text)))
    more = dict(map(labelled, parts(found[1])))
    within = tuple(unkept(part.text) for part in _listed(more["within"])) if "within" in more else ()
    return Concept.model_validate({"name": unkept(found[0]), "kind": more["kind"].text, "linked": "linked" not in more, "within": within})


def _listed(value: Part) -> list[Part]:
    """`[a; b]`, or one alone."""
    found = enclosed(value)
    return parts(found[1]) if found and not found[0] else [value]


def _options(value: Part) -> tuple[str, dict[str, str]]:
    """`words [label: value]`."""
    found = enclosed(value)
    return (found[0], {label: unkept(part.text) for label, part in map(labelled, parts(found[1]))}) if found else (value.text, {})


def _interval_of(words: str) -> Interval:
    if words == "any":
        return Interval()
    ends = [_matched(_END, end) for end in words.split(" and ")]
    limits: dict[str, Any] = {}
    for end in ends:
        number = _number(end[2])
        if end[1] in (">", ">=", "="):
            limits |= {"low": number, "low_open": end[1] == ">"}
        if end[1] in ("<", "<=", "="):
            limits |= {"high": number, "high_open": end[1] == "<"}
    return Interval(**limits)


def _duration_of(words: str) -> Duration:
    found = _matched(_LENGTH, words)
    return Duration(count=_number(found[1]), unit=cast("TimeUnit", found[2]))


def _window_of(value: Part) -> Window:
    event, said = _options(value)
    lengths: dict[str, Any] = {side: _duration_of(said[side]) for side in ("start", "end", "after") if side in said}
    half_lives = _number(said["half-lives"]) if "half-lives" in said else None
    shorter = {"yes": True, "none": None}[said["shorter"]] if "shorter" in said else False
    return Window(event=unkept(event), start_open="open" in said, half_lives=half_lives, shorter=shorter, **lengths)


def _number(words: str) -> float:
    number = float(words)
    if not isfinite(number):
        raise ValueError(words)
    return number


def _matched(pattern: re.Pattern[str], words: str) -> re.Match[str]:
    found = pattern.fullmatch(words)
    if not found:
        raise ValueError(words)
    return found
