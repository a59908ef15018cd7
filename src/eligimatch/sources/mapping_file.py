"""A proposal to the text of a mapping file: a line for each column of the list, with a comment where a person should look; no cells in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from eligimatch.model.columns import PERSON
from eligimatch.sources.list_files import Found
from eligimatch.sources.list_signs import date_formats, number_format
from eligimatch.sources.proposal import Line, Proposal

_PLAIN = re.compile(r"[^\W\d_](?:[\w ()./+^-]*[\w)])?")
_WORDS_OF_YAML = {"yes", "no", "y", "n", "true", "false", "on", "off", "null"}


def mapping_text(proposal: Proposal, name: str, found: Found) -> str:
    """The file for a list of that name."""
    return "\n".join((*_head(name), *_format(proposal, found), "", *_columns(proposal.lines), *_ignored(proposal.lines), ""))


def _head(name: str) -> Iterator[str]:
    yield f"# What the columns of {name} mean, as their headings propose it. Correct it: every line counts as what a person says."
    yield '# docs/tables.md tells what may stand here; what is not mapped is unknown, never "no".'
    yield ""


def _format(proposal: Proposal, found: Found) -> Iterator[str]:
    if found.sheet is not None:
        yield f"sheet: {scalar(found.sheet)}"
    if found.heading != 1:
        yield f"heading: {found.heading}"
    if found.encoding != "utf-8-sig":
        yield f"encoding: {found.encoding}"
    numbers = number_format(proposal.signs("number"))
    if numbers.decimal != "." or not numbers.sure:
        yield f'decimal: "{numbers.decimal}"' + ("" if numbers.sure else "   # check: the sign could stand between thousands as well")
    if numbers.thousands:
        yield f'thousands: "{numbers.thousands}"'
    match date_formats(proposal.signs("day")):
        case [one]:
            yield f"dates: {one}"
        case [one, other]:
            yield f"# dates: {one}   # or {other}: the list does not tell which; until this line says it, its dates are not read"
    yield "# as_of: 2026-03-02   # the day on which the list was true; without it, today"
    yield "# complete: [conditions, treatments]   # sections of which the list names all there is of each person"


def _columns(lines: list[Line]) -> Iterator[str]:
    yield "columns:"
    if not any(line.column and line.column["to"] == PERSON for line in lines):
        yield "  # needed: the column that tells persons apart, as `Patient ID: {to: person}`"
    yield from (f"  {scalar(line.header)}: {flow(line.column)}{_comment(line)}" for line in lines if line.column)


def _ignored(lines: list[Line]) -> Iterator[str]:
    ignored = [line for line in lines if line.column is None]
    if ignored:
        yield "ignore:"
        yield from (f"  - {scalar(line.header)}{_comment(line)}" for line in ignored)


def _comment(line: Line) -> str:
    return f"   # {line.comment}" if line.comment else ""


def flow(value: Any) -> str:
    """A mapping on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    return scalar(str(value))


def scalar(text: str) -> str:
    """A text as YAML, in quotes where it needs them."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML else json.dumps(text, ensure_ascii=False)
