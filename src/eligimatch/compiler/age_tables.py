"""Tables of a greatest creatinine by age and sex, as records flatten them, to one rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from eligimatch.compiler.cues import cued
from eligimatch.compiler.measures import Measurer
from eligimatch.compiler.persons import AGE
from eligimatch.compiler.syntax import Comparison, Value
from eligimatch.model.concept import Concept
from eligimatch.model.rule import AllOf, Ambiguous, AnyOf, Is, Measure, Not, Rule
from eligimatch.model.span import Span

_CREATININE = Concept(name="serum creatinine", kind="analyte")
_LEAD = cued(
    r"\b(?:(?:an?|the|normal) )*(?:maximum )?(?:serum )?creatinine (?:level |value |within normal limits )?"
    r"(?:(?:<=|≤|=<|less than or equal to) (?:the )?(?:maximum )?(?:serum )?(?:creatinine )?)?"
    r"(?:based on|adjusted for|according to|by|for) (?:the )?(?:patient )?age\b(?:(?: ?/ ?| and | or )(?:gender|sex)\b)?",
    "creatinine",
)
_TIME = r"(?:months?|years?|mos?|yrs?)"
_ROW = re.compile(
    rf"(?:\bage:? *)?(?:\b(?P<low>\d{{1,2}}) *(?P<low_unit>{_TIME})? *(?:to|-|–) *(?:<|less than) *(?P<high>\d{{1,2}}) *(?P<high_unit>{_TIME})\b"
    rf"|(?P<sign>>=|≥|=>|>/=|> or =|[<>]) *(?P<only>\d{{1,2}}) *(?P<only_unit>{_TIME})\b)"
    r"(?: of age)?[^\d<>≥≤]{0,60}?(?P<male>\d(?:\.\d{1,2})?)(?![\d.])(?: ?mg/dL)?"
    rf"(?:[^\d<>≥≤]{{0,45}}?(?P<female>\d(?:\.\d{{1,2}})?)(?![\d.]| *(?:{_TIME} *)?(?:to|-|–) *(?:<|less))(?: ?mg/dL)?)?"
    r"[ )]*(?:\(?(?:both )?(?:fe)?males?\)?(?:(?:,| and|/) (?:fe)?males?\)?)?|for females?)?[ ).;,]*",
    re.IGNORECASE,
)
_HEADER = re.compile(r"\W*age\b[^\d<>≥≤]{0,120}(?:creatinine|SCr)[^\d<>≥≤]{0,80}", re.IGNORECASE)
_TIED = re.compile(r"^\W*(?:or|and)?\W*$", re.IGNORECASE)
_SOURCE = re.compile(
    r"\W*(?:the )?threshold creatinine values"
    r"(?:[^\n]*?published by (?:the )?(?:CDC|centers? for disease control(?: and prevention)?)(?: ?\([^()]*\))*"
    r"|[^\n.]*?formula[^\n.]*)[.;]?",
    re.IGNORECASE,
)
_FEMALE_FIRST = re.compile(r"\bfemale\b[^.]{0,40}\bmale\b", re.IGNORECASE)
LONGEST_HEADER = 240
_FEWEST = 3
_PLACE = 1.0123
"""A limit that no trial has, in the place of a table."""


class AgeTable(NamedTuple):
    """Where a table stands, its own words before it among it, and its rows."""

    start: int
    end: int
    rows: tuple[re.Match[str], ...]


def continues_table(before: str, text: str) -> bool:
    """Whether a line of its own is a row, the header or the source of a table that the words before it open."""
    if _LEAD.search(before) is None:
        return False
    header = _HEADER.match(text)
    rows = list(_rows(text, header.end() if header else 0))
    if rows and (header or not text[: rows[0].start()].strip(" -*•")):
        return not _TIED.sub("", text[rows[-1].end() :]).strip()
    return bool(header and header.end() == len(text)) or bool(_SOURCE.match(text))


def age_table(text: str) -> AgeTable | None:
    """The table in a criterion's words; None where there is none, or women come before men in it."""
    lead = _LEAD.search(text)
    if lead is None:
        return None
    rows = list(_rows(text, lead.end()))
    between = text[lead.end() : rows[0].start()] if rows else ""
    if len(rows) < _FEWEST or len(between) > LONGEST_HEADER or _FEMALE_FIRST.search(between + rows[0][0]):
        return None
    source = _SOURCE.match(text, rows[-1].end())
    return AgeTable(lead.start(), source.end() if source else rows[-1].end(), tuple(rows))


def _rows(text: str, start: int) -> Iterator[re.Match[str]]:
    """The rows, each where the one before it ends."""
    found = _ROW.search(text, start)
    while found:
        yield found
        following = _ROW.search(text, found.end())
        found = following if following and not text[found.end() : following.start()].strip(" \n.;,:/-*") else None


def without_table(text: str, table: AgeTable) -> str:
    """The words with a limit in the table's place, each word where it was."""
    words = f"serum creatinine <= {_PLACE} mg/dL"
    return text[: table.start] + words.ljust(table.end - table.start) + text[table.end :]


def in_words(rule: Rule) -> bool:
    """Whether words of the rule hold that limit: then the table was not read."""
    return str(_PLACE) in rule.model_dump_json()


def with_table(rule: Rule, table: AgeTable, measurer: Measurer) -> Rule:
    """The rule with the table's own in the place of that limit."""
    if isinstance(rule, Measure):
        return _of_table(table, measurer) if rule.analyte == _CREATININE and rule.interval.high == _PLACE else rule
    if isinstance(rule, (AllOf, AnyOf)):
        return rule.model_copy(update={"rules": tuple(with_table(member, table, measurer) for member in rule.rules)})
    if isinstance(rule, Ambiguous):
        return rule.model_copy(update={"readings": tuple(with_table(member, table, measurer) for member in rule.readings)})
    if isinstance(rule, Not):
        return rule.model_copy(update={"rule": with_table(rule.rule, table, measurer)})
    return rule


def _of_table(table: AgeTable, measurer: Measurer) -> Rule:
    return AnyOf(rules=tuple(_of_row(row, measurer) for row in table.rows), span=Span(table.start, table.end))


def _of_row(row: re.Match[str], measurer: Measurer) -> Rule:
    """Of that age: at most the value of the person's sex."""
    span = Span(*row.span())
    age = measurer.measure(AGE, list(_ages(row)), span)
    most = {sex: measurer.measure(_CREATININE, [_at_most(float(row[sex] or row["male"]), "mg/dL", row)], span) for sex in ("male", "female")}
    if most["male"] == most["female"]:
        return AllOf(rules=(age, most["male"]), span=span)
    by_sex = tuple(AllOf(rules=(Is(fact="sex", values=(sex,), span=span), limit), span=span) for sex, limit in most.items())
    return AllOf(rules=(age, AnyOf(rules=by_sex, span=span)), span=span)


def _ages(row: re.Match[str]) -> Iterator[Comparison]:
    if row["only"]:
        limit, below = _value(row["only"], row["only_unit"], row), row["sign"] == "<"
        yield Comparison(None if below else limit, limit if below else None, row["sign"] == ">", below, (), False, *row.span())
        return
    yield Comparison(_value(row["low"], row["low_unit"] or row["high_unit"], row), None, False, False, (), False, *row.span())
    yield Comparison(None, _value(row["high"], row["high_unit"], row), False, True, (), False, *row.span())


def _at_most(number: float, unit: str, row: re.Match[str]) -> Comparison:
    return Comparison(None, Value(number, unit, None, *row.span()), False, False, (), False, *row.span())


def _value(number: str, unit: str, row: re.Match[str]) -> Value:
    return Value(float(number), "month" if unit.lower().startswith("mo") else "year", None, *row.span())
