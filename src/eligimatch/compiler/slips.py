"""Slips: limits in a criterion's words that lie outside all that is ever measured, with the units in which they would not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from eligimatch.compiler.lexer import lex
from eligimatch.compiler.tagger import tag
from eligimatch.compiler.tokens import TIME_UNITS, Token
from eligimatch.model.concept import Concept
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.remark import Check, Remark
from eligimatch.model.span import Span
from eligimatch.model.trial import Criterion

if TYPE_CHECKING:
    from eligimatch.compiler.measures import Measurer
    from eligimatch.compiler.pipeline import Compiler

_BETWEEN = frozenset({"OF", "MUST", "COMPARE", "BETWEEN", "FILLER", "IS"})
"""What may stand between an analyte and its number."""
_UNITS = ("g/dL", "g/L", "mg/dL", "mg/L", "mmol/L", "umol/L", "nmol/L", "pmol/L", "ug/L", "ng/mL", "ng/dL", "pg/mL", "10^9/L", "/uL", "U/L", "U/mL",
          "mm Hg", "kPa", "%", "mmol/mol", "kg", "g", "cm", "m", "year", "month", "ms", "s")  # fmt: skip
"""Units that are proposed, the commonest first."""
_PROPOSED = 2
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}\b")
"""A point that many countries set between thousands."""


class Limit(NamedTuple):
    """A number that is held against an analyte, with its unit as it is spelled."""

    analyte: Concept
    number: float
    unit: str | None
    span: Span


def slips(trial: str, criterion: Criterion, compiler: Compiler) -> Iterator[Remark]:
    """A remark for each limit of the criterion that no one reaches."""
    text = criterion.clarified or criterion.text
    told: set[str] = set()
    for sentence in tag(lex(text, compiler.lexicon)):
        for limit in _limits(sentence.tokens, compiler):
            diagnostic = _slip(limit, text, compiler.measurer)
            if diagnostic and diagnostic.title not in told:
                told.add(diagnostic.title)
                placed = diagnostic.model_copy(update={"source": f"{trial} {criterion.id}"})
                yield Remark(check=Check.UNIT, trial=trial, criteria=(criterion.id,), diagnostic=placed)


# --- limits in a row of tokens -----------------------------------------------------------------------------------------------------------


def _limits(tokens: Sequence[Token], compiler: Compiler) -> Iterator[Limit]:
    """Each number that follows an analyte, with the unit behind it; multiples of normal and fractions are none."""
    scores = {token.names for token in tokens if token.kind == "score"}
    for at, token in enumerate(tokens):
        if token.type != "CONCEPT" or token.kind not in ("analyte", "score") or len(token.names) != 1 or (token.kind == "score" and len(scores) > 1):
            continue
        start = next((place for place in range(at + 1, len(tokens)) if tokens[place].type not in _BETWEEN), len(tokens))
        numbers, end = _numbers(tokens, start) if start == len(tokens) or tokens[start].start > token.end else ([], start)
        unit = tokens[end] if end < len(tokens) and tokens[end].type == "UNIT" else None
        if numbers and not _goes_on(tokens[end + 1 if unit else end :], unit=unit is not None):
            analyte = compiler.linker.known(token.names)
            last = unit or numbers[-1]
            for number in numbers:
                span = Span(number.start, last.end)
                yield Limit(analyte, float(str(number.value)), str(unit.value) if unit else None, span)


def _numbers(tokens: Sequence[Token], at: int) -> tuple[list[Token], int]:
    """One number or the two of a range, and where they end."""
    found: list[Token] = []
    while at < len(tokens) and tokens[at].type == "NUMBER":
        found.append(tokens[at])
        at += 1
        if len(found) < 2 and at + 1 < len(tokens) and tokens[at].type in ("THROUGH", "AND") and tokens[at + 1].type == "NUMBER":
            at += 1
        else:
            break
    return found, at


def _goes_on(rest: Sequence[Token], *, unit: bool) -> bool:
    """Whether a number is only part of a limit: a multiple, a fraction, so much above another."""
    if rest and rest[0].type == "LPAR":
        end = next((at for at, token in enumerate(rest) if token.type == "RPAR"), len(rest))
        rest = rest[end + 1 :]
    following = rest[0].type if rest else ""
    return following in ("LIMIT", "SLASH", "COMPARE") or (not unit and following in ("NUMBER", "WORDS"))


# --- bounds ------------------------------------------------------------------------------------------------------------------------------


def _slip(limit: Limit, text: str, measurer: Measurer) -> Diagnostic | None:
    """What there is to say of a limit outside the analyte's bounds, in the unit as it is written."""
    bounds, canonical = measurer.bounds(limit.analyte), measurer.unit(limit.analyte)
    if bounds is None or limit.number == 0 or (limit.unit is None) is not (canonical is None):
        return None
    literal = measurer.literal(limit.analyte, limit.number, limit.unit)
    if literal is None or limit.unit in TIME_UNITS - {canonical} or bounds[0] <= literal <= bounds[1]:
        return None
    written = text[limit.span.start : limit.span.end]
    if _THOUSANDS.match(written):
        return None
    read = measurer.read(limit.analyte, limit.number, limit.unit)
    shown = f" {canonical}" if canonical else ""
    return Diagnostic(
        title=f"no {limit.analyte.name} is `{written}`",
        severity="warning",
        text=text.replace("\n", " "),
        span=limit.span,
        label=f"it lies between {bounds[0]:g} and {bounds[1]:g}{shown}",
        kept=f"read as {read:g}{shown}" if read is not None else "not understood: every patient's verdict on it is unknown",
        hint=_proposed(limit, bounds, read, measurer),
    )


def _proposed(limit: Limit, bounds: tuple[float, float], read: float | None, measurer: Measurer) -> str:
    """The units in which the number is one that is measured; those alone that give what was read."""
    values = (
        (unit, measurer.literal(limit.analyte, limit.number, unit))
        for unit in dict.fromkeys((measurer.unit(limit.analyte) or "", *_UNITS))
        if limit.unit
    )
    fitting = [unit for unit, value in values if value is not None and (bounds[0] <= value <= bounds[1] if read is None else value == read)]
    ask = "see what the protocol says, and add a clarification"
    meant = " or ".join(f"`{limit.number:.12g} {unit}`" for unit in fitting[:_PROPOSED])
    return f"is {meant} meant? {ask}" if meant else ask
