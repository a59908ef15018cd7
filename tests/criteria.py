"""The criteria of tests/corpus/language/, and rules drawn the way that file writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml
from pydantic import BaseModel

from eligimatch.api import compile_trial, explain
from eligimatch.model.concept import Concept
from eligimatch.model.quantity import Duration, Interval, Window
from eligimatch.model.rule import AtLeast, Had, Is, Measure, Node, Rule, Statement, Unparsed, children
from eligimatch.model.trial import Criterion, Trial
from eligimatch.report.amounts import duration, interval, window

CORPUS = Path(__file__).parent / "corpus" / "language"
Side = Literal["inclusion", "exclusion"]
LEAF = (Measure, Is, Had, Statement, Unparsed)
_PLAIN = re.compile(r"[\w≥(][^:#\"'\[\]{}]*")
_OTHER = re.compile(r"[\d.]+|yes|no|true|false|null|on|off", re.IGNORECASE)
_SAID = {
    "measure": ("analyte", "interval", "unit", "per", "written"),
    "is": ("fact", "concept", "values"),
    "had": ("concept", "section", "but_not", "examples"),
    "statement": ("topic",),
    "unparsed": ("text",),
}


class Case(NamedTuple):
    """One criterion and what it must come to; a text of several lines is a bullet with bullets beneath it."""

    topic: str
    text: str
    side: Side
    form: str
    rule: str

    @property
    def criterion(self) -> Criterion:
        """The criterion as it is compiled now."""
        return _compiled(self.text, self.side)

    @property
    def now(self) -> Case:
        """The case with the form and the rule of today."""
        criterion = self.criterion
        return self._replace(form=criterion.form.value, rule="\n".join(drawn(criterion.rule)))


@cache
def _compiled(text: str, side: Side) -> Criterion:
    if "\n" not in text:
        return explain(text, side)
    trial = Trial(id="T", eligibility=f"{side.title()} Criteria:\n\n{text}")
    return next(criterion for criterion in compile_trial(trial).criteria if criterion.kind == side)


def cases() -> list[Case]:
    """The cases of every file, by topic."""
    return [case for path in sorted(CORPUS.glob("*.yaml")) for case in _cases(path)]


def _cases(path: Path) -> list[Case]:
    topic = path.stem.replace("-", " ")
    listed: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Case(topic, one["text"].rstrip(), one["side"], one.get("form", "typed"), one["rule"].rstrip()) for one in listed]


def write(listed: Iterable[Case]) -> None:
    """Each topic's cases into its file."""
    for topic, of_topic in groupby(listed, key=lambda case: case.topic):
        (CORPUS / f"{topic.replace(' ', '-')}.yaml").write_text("".join(map(_written, of_topic)), encoding="utf-8")


def _written(case: Case) -> str:
    form = [] if case.form == "typed" else [f"  form: {case.form}"]
    return "\n".join([f"- text: {_scalar(case.text)}", f"  side: {case.side}", *form, f"  rule: {_scalar(case.rule)}", ""])


def _scalar(text: str) -> str:
    """A text as YAML: plain where it may be, in quotes, or as a block of lines."""
    if "\n" in text:
        return "|\n" + "\n".join(f"    {line}" for line in text.splitlines())
    if _PLAIN.fullmatch(text) and not _OTHER.fullmatch(text):
        return text
    quoted = text.replace("'", "''")
    return f"'{quoted}'"


# --- a rule, a line for each node ------------------------------------------------------------------------------------------


def drawn(rule: Rule, indent: str = "") -> Iterator[str]:
    """Every node with everything that it says but its place in the text."""
    if not isinstance(rule, LEAF):
        yield indent + (f"at_least {rule.count}" if isinstance(rule, AtLeast) else rule.node)
        for child in children(rule):
            yield from drawn(child, indent + "  ")
        return
    yield indent + ", ".join([f"{rule.node} {_main(rule)}", *_others(rule, _SAID[rule.node])])
    if isinstance(rule, Had):
        for title, beneath in (("but not", rule.but_not), ("such as", rule.examples)):
            for member in beneath:
                yield f"{indent}  {title}"
                yield from drawn(member, indent + "    ")


def _main(rule: Measure | Is | Had | Statement | Unparsed) -> str:
    match rule:
        case Measure():
            limits = interval(rule.interval, {"unit": rule.unit or "", "uln": "x ULN", "lln": "x LLN"}[rule.per])
            return f"{_value(rule.analyte)} {limits}".rstrip()
        case Is():
            return f"{_value(rule.concept) if rule.concept else rule.fact} = {_value(rule.values)}"
        case Had():
            return f"allergy to {_value(rule.concept)}" if rule.section == "allergies" else _value(rule.concept)
        case Statement():
            return rule.topic
        case Unparsed():
            return rule.text


def _others(value: BaseModel, said: Iterable[str]) -> Iterator[str]:
    """The fields that differ from what is meant where nothing is said."""
    for name, field in type(value).model_fields.items():
        own = getattr(value, name)
        if name not in ("span", "node", "ask", *said) and own != field.get_default(call_default_factory=True):
            yield ", ".join(map(_value, own)) if name == "qualifiers" else f"{name} {_value(own)}" if own is not True else name


def _value(value: object) -> str:
    match value:
        case Concept():
            return value.name if value.linked else f"`{value.name}`" + (f" within {_value(value.within)}" if value.within else "")
        case Interval():
            return interval(value)
        case Duration():
            return duration(value)
        case Window():
            return window(value)
        case Node():
            return f"({'; '.join(line.strip() for line in drawn(value))})"  # type: ignore[arg-type]
        case tuple():
            return " or ".join(map(_value, value))
        case BaseModel():
            return " ".join([str(getattr(value, "ask", "")), *_others(value, ())])
        case _:
            return str(value)
