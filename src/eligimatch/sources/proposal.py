"""A list to the mapping that its headings and the look of its cells propose, as a file for a person to correct; no cell is shown in it.

What could be taken in more than one way is not guessed: the column is put under `ignore`, with a comment that says how it would be mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import polars as pl

from eligimatch.model.columns import PERSON, TABLES
from eligimatch.model.concept import Entry
from eligimatch.sources.cells import REASON, ROW
from eligimatch.sources.headings import Heading, Headings, fact_column
from eligimatch.sources.list_signs import Signs, signs_of
from eligimatch.sources.mapping import ListColumn

_DAYS = {
    ("treatments", "start"): "start", ("treatments", "end"): "end", ("treatments", "date"): "start",
    ("conditions", "start"): "onset", ("conditions", "end"): "abatement", ("conditions", "date"): "onset",
    ("procedures", "start"): "date", ("procedures", "end"): "date", ("procedures", "date"): "date",
    ("observations", "date"): "date", ("biomarkers", "date"): "date",
}  # fmt: skip
"""The column of a table that a part of a heading stands for."""
_TABLES = {
    "condition": "conditions", "treatment": "treatments", "operation": "procedures", "procedure": "procedures", "analyte": "observations",
    "score": "observations", "marker": "biomarkers",
}  # fmt: skip

_ALWAYS_DAYS = ("as_of", "conditions.onset")
_SHOWS = {"positive": "yes", "negative": "no"}
"""What the result of a test says of the disease that it is named after."""


class Line(NamedTuple):
    """What is proposed for one column: `column` as the mapping holds it, none where it is ignored."""

    header: str
    column: dict[str, Any] | None
    comment: str = ""


class Proposal:
    """What is proposed for a list."""

    def __init__(self, rows: pl.DataFrame, headings: Headings) -> None:
        self._headings = headings
        self._answers = headings.cells("answer")
        self._signs = {header: signs_of(rows[header], self._answers) for header in rows.columns if header not in (ROW, REASON)}
        self._diagnosis = next((header for header in self._signs if headings.column(headings.read(header).name) == "conditions.name"), None)
        self.lines = list(self._once(self._line(header, headings.read(header), signs) for header, signs in self._signs.items()))

    def signs(self, kind: str) -> list[Signs]:
        """The columns that are mapped to days, or to numbers."""
        kinds = {f"{table}.{column.name}" if table != "persons" else column.name: column.kind for table in TABLES for column in TABLES[table]}
        return [self._signs[line.header] for line in self.lines if line.column and kinds.get(line.column["to"]) == kind]

    def _once(self, lines: Iterable[Line]) -> Iterator[Line]:
        """What there is one of a person is taken from one column."""
        taken: dict[tuple[str, str | None], str] = {}
        for line in lines:
            column = line.column and ListColumn.model_validate(line.column)
            if not column or not column.once:
                yield line
            elif (column.to, column.name) in taken:
                yield Line(line.header, None, f"`{column.to}` is taken from `{taken[column.to, column.name]}`")
            else:
                taken[column.to, column.name] = line.header
                yield line

    def _line(self, header: str, heading: Heading, signs: Signs) -> Line:
        """The first way that fits."""
        if signs.kind == "empty":
            return Line(header, None, "says nothing")
        ways = (self._column, self._statement, self._event, self._part, self._concept)
        found = (way(header, heading, signs) for way in ways)
        return next((line for line in found if line is not None), None) or self._unknown(header)

    def _column(self, header: str, heading: Heading, signs: Signs) -> Line | None:
        to = self._headings.column(heading.name)
        if to is None or (to in _ALWAYS_DAYS and signs.kind != "day"):
            return None
        if to in ("conditions.onset", "conditions.stage", "conditions.code_value"):
            return self._of_diagnosis(header, to)
        if to.endswith((".name", ".substance")) and signs.kind in ("answer", "day", "number"):
            return Line(header, None, f"words are needed for {{to: {to}}}")
        if to == "sex":
            return self._with_values(header, {"to": to}, signs, "sex", "other words set the person aside")
        column: dict[str, Any] = {"to": to}
        if signs.kind == "answer" and to not in (PERSON, "age"):
            return self._with_values(header, column, signs, "answer")
        if to.endswith((".name", ".substance")) and any(";" in word for word in signs.words):
            column["several"] = ";"
        comment = '`several: ","` if commas stand between several' if "several" not in column and _commas(to, signs) else ""
        return Line(header, column, comment)

    def _of_diagnosis(self, header: str, to: str) -> Line:
        if self._diagnosis is None:
            return Line(header, None, f"of which disease? {{to: {to}, name: …}}")
        code = {"with": {"code_system": "ICD-10-CM"}} if to.endswith("code_value") else {}
        return Line(header, {"to": to, "of": self._diagnosis} | code)

    def _statement(self, header: str, heading: Heading, signs: Signs) -> Line | None:
        name = self._headings.statement(heading.name)
        return self._with_values(header, {"to": "statements", "name": name}, signs, "answer") if name and signs.kind == "answer" else None

    def _event(self, header: str, heading: Heading, signs: Signs) -> Line | None:
        event = self._headings.event(heading.name) or self._headings.event(heading.rest)
        return Line(header, {"to": "planned.date", "name": event}) if event and signs.kind == "day" else None

    def _part(self, header: str, heading: Heading, signs: Signs) -> Line | None:
        """A day of something: `Chemo start`, `Date of ECG`, `Lab date`."""
        if signs.kind != "day" or heading.part not in ("start", "end", "date"):
            return None
        if self._headings.of_samples(heading.rest):
            return Line(header, {"to": "observations.date"}, "of all observations that have no date of their own")
        if self._headings.column(heading.rest) == "conditions.name" and self._diagnosis and heading.part != "end":
            return Line(header, {"to": "conditions.onset", "of": self._diagnosis})
        for entry in self._headings.concepts(heading.rest):
            table = _TABLES.get(entry.kind, "")
            if (table, heading.part) in _DAYS:
                return Line(header, {"to": f"{table}.{_DAYS[table, heading.part]}", "name": entry.name})
        return None

    def _concept(self, header: str, heading: Heading, signs: Signs) -> Line | None:
        entries = self._headings.concepts(heading.name)
        if signs.kind == "number":
            entries.sort(key=lambda entry: entry.kind not in ("analyte", "score"))
        elif signs.kind == "words":
            entries.sort(key=lambda entry: entry.kind != "marker")
        for entry in entries:
            line = self._measured(header, heading, signs, entry) or self._asked(header, signs, entry, heading)
            if line is not None:
                return line
        former = self._headings.concepts(heading.rest) if heading.part == "former" and signs.kind == "answer" else []
        return next((line for entry in former if (line := self._former(header, signs, entry)) is not None), None)

    def _measured(self, header: str, heading: Heading, signs: Signs, entry: Entry) -> Line | None:
        """A laboratory value, score or marker."""
        table = _TABLES.get(entry.kind)
        if table not in ("observations", "biomarkers") or signs.kind == "day":
            return None
        unit = {"unit": heading.unit} if heading.unit and (entry.facts.get("unit") or table == "biomarkers") else {}
        if table == "biomarkers" and signs.kind != "number":
            return self._with_values(header, {"to": "biomarkers.result", "name": entry.name}, signs, "result", "other words set the row aside")
        column = {"to": f"{table}.value", "name": entry.name} | unit
        if signs.kind != "number":
            return self._with_values(header, column, signs, "result")
        comment = "in which unit? without one, its value decides nothing" if entry.facts.get("unit") and not heading.unit else ""
        return Line(header, column, comment)

    def _asked(self, header: str, signs: Signs, entry: Entry, heading: Heading) -> Line | None:
        """Something that the person has or has not."""
        column = fact_column(entry)
        if column and signs.kind == "answer":
            return self._with_values(header, {"to": column}, signs, "answer")
        table = _TABLES.get(entry.kind)
        if table not in ("conditions", "treatments", "procedures"):
            return None
        if signs.kind == "day" and (table, "start") in _DAYS:
            return Line(header, {"to": f"{table}.{_DAYS[table, 'start']}", "name": entry.name})
        results = self._headings.cells("result")
        if table == "conditions" and {results.get(word) for word in signs.words} <= _SHOWS.keys():
            return Line(header, {"to": table, "name": entry.name, "values": {word: _SHOWS[results[word]] for word in sorted(signs.words)}})
        if signs.kind != "answer":
            return None
        return self._with_values(header, {"to": table, "name": entry.name}, signs, "answer", "a no says: not today; `no: never` says: never at all")

    def _former(self, header: str, signs: Signs, entry: Entry) -> Line | None:
        table = _TABLES.get(entry.kind)
        if table in ("treatments", "procedures") or (table == "conditions" and entry.facts.get("event")):
            return self._with_values(header, {"to": table, "name": entry.name, "no": "never"}, signs, "answer", "a no says: never at all")
        if table == "conditions":
            told = f"a yes does not say whether it is there today: {{to: conditions, name: {entry.name}, no: never, with: {{status: …}}}}"
            return Line(header, None, told)
        return None

    def _with_values(self, header: str, column: dict[str, Any], signs: Signs, kind: str, comment: str = "") -> Line:
        """A column with the words of its cells that are known to mean other words."""
        known = self._headings.cells(kind)
        values = {word: known[word] for word in sorted(signs.words & known.keys()) if known[word] != word}
        return Line(header, column | ({"values": values} if values else {}), comment)

    def _unknown(self, header: str) -> Line:
        near = self._headings.nearest(header)
        return Line(header, None, f"not understood; is it `{near}`?" if near else "not understood")


def _commas(to: str, signs: Signs) -> bool:
    return to in ("allergies.substance", "treatments.name", "conditions.name") and any("," in word for word in signs.words)
