"""A mapping: what the columns of a list mean, one row a person; read from YAML and checked as a whole. Raises InputError."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as Mapping_
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError

from eligimatch.model.base import Frozen
from eligimatch.model.columns import ITEMS, PERSON, TABLES
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import DenialTime, OneDay, SectionName, Text
from eligimatch.sources.documents import Document, Steps, read_document
from eligimatch.sources.mistakes import first_mistake, meant

NAMED = {table: "substance" if table == "allergies" else "name" for table in ITEMS}
"""The column of each table that says what an item is."""
KEYED_CELLS = ("planned.date", "groups.value")
MISSING = ("-", "--", "?", ".", "n/a", "na", "nan", "none", "null", "unknown", "k.a.", "unbekannt")
"""Cells that say nothing, where a mapping does not say which."""


class ListColumn(Frozen):
    """What one column of a list means."""

    to: Text
    """`person`, a column of `persons`, `absent`, `never`, a table's column (`observations.value`), or a table whose items are asked by yes and no."""
    name: Text | None = None
    """What is listed, where the cells do not say it."""
    of: Text | None = None
    """The column of the list whose cells say what is listed."""
    unit: Text | None = None
    values: dict[Text, Text] = Field(default_factory=dict)
    """Words of the list, in whatever case, and what they mean."""
    no: DenialTime = "absent"
    """What a no says: not there today, or never there."""
    several: str | None = None
    """What stands between several in one cell."""
    also: dict[Text, Text] = Field(default_factory=dict, alias="with")
    """Other columns of the table, the same in each row."""

    @property
    def table(self) -> str:
        """The table that takes the cells."""
        return "denials" if self.to in ("absent", "never") else self.to.partition(".")[0] if self.to.partition(".")[0] in TABLES else "persons"

    @property
    def once(self) -> bool:
        """Whether no other column may be mapped so: there is one of it a person, or it stands for all rows of its table."""
        several = self.table == "denials" or (self.table in ITEMS and (self.name or self.of or self.cell == NAMED[self.table]))
        return not several

    def constants(self) -> dict[str, str]:
        """The columns of the table that are the same in each row."""
        return self.also | ({"unit": self.unit} if self.unit else {})

    @property
    def cell(self) -> str:
        """The column of that table; empty where the cells are yes and no."""
        return self.to.partition(".")[2] if self.table not in ("persons", "denials") else self.to


class Mapping(Frozen):
    """What the columns of a list mean, and how its cells are written."""

    columns: dict[Text, ListColumn]
    ignore: tuple[Text, ...] = ()
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ".", ",", "'", " "] = ""
    dates: Text | None = None
    """DD.MM.YYYY, MM/DD/YYYY, DD-MMM-YYYY …; 2026-03-02 is always read."""
    missing: Annotated[tuple[Text, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)] = MISSING
    """Cells, in whatever case, that say nothing."""
    as_of: OneDay | None = None
    complete: tuple[SectionName, ...] = ()
    sheet: Text | None = None
    heading: Annotated[int, Field(ge=1, le=1000)] = 1
    """The row that names the columns."""
    encoding: Text = "utf-8-sig"

    def of_table(self, table: str) -> dict[str, ListColumn]:
        """The columns that fill a table."""
        return {header: column for header, column in self.columns.items() if column.table == table}


def things(entries: Mapping_[str, ListColumn]) -> tuple[dict[str, ListColumn], list[dict[str, ListColumn]]]:
    """The columns of a table that speak of all its rows, and those of each thing that is listed.

    Columns with one `name`, or with `of` one column, speak of one thing. Where several say the same of it (`Hb 1`, `Hb 2`), the first of each
    belong together, the second, and so on; a column that stands once belongs to each.
    """
    shared: dict[str, ListColumn] = {}
    subjects: dict[tuple[str | None, str | None], dict[str, list[str]]] = {}
    for header, column in entries.items():
        subject = (column.name, None if column.name else header if column.cell == NAMED[column.table] else column.of)
        if subject == (None, None):
            shared[header] = column
        else:
            subjects.setdefault(subject, {}).setdefault(column.cell, []).append(header)
    return shared, [
        {header: entries[header] for headers in cells.values() for header in headers[min(place, len(headers) - 1) :][:1]}
        for cells in subjects.values()
        for place in range(max(map(len, cells.values())))
    ]


def read_mapping(path: Path) -> Mapping:
    """The mapping of a YAML or JSON file."""
    document = read_document(path)
    if not isinstance(document.data, dict):
        raise InputError(Diagnostic(title="not a mapping", source=document.source, line=1, hint="`eligimatch map LIST` proposes one"))
    try:
        mapping = Mapping.model_validate(document.data)
    except ValidationError as error:
        raise InputError(first_mistake(error, document, Mapping)) from None
    for diagnostic in _mistakes(mapping, document):
        raise InputError(diagnostic)
    return mapping


def targets() -> list[str]:
    """All that a column may be mapped to."""
    persons = [column.name for column in TABLES["persons"]]
    cells = [f"{table}.{column.name}" for table in ITEMS for column in TABLES[table]]
    return [PERSON, *persons, "absent", "never", *cells, *ASKED, *KEYED_CELLS]


Mistake = tuple[Steps, str, str]
"""Where, what, and what to do."""
ASKED = ("conditions", "treatments", "procedures", "allergies", "statements")
"""The tables whose items a list may ask by yes and no."""


def _mistakes(mapping: Mapping, document: Document) -> Iterator[Diagnostic]:
    """What pydantic does not see: each with its place in the file."""
    found = (*_of_columns(mapping), *_of_pairs(mapping), *_of_all(mapping))
    return (Diagnostic(title=title, source=document.source, line=document.line(way), hint=hint) for way, title, hint in found)


def _of_columns(mapping: Mapping) -> Iterator[Mistake]:
    """What one column cannot be."""
    known = targets()
    for header, column in mapping.columns.items():
        way = ("columns", header)
        if column.to not in known:
            yield (*way, "to"), f"`{column.to}` is nothing that a column can be mapped to", meant(column.to, known)
            continue
        if column.name is None and (column.to in ASKED or column.to in KEYED_CELLS):
            yield way, f"`{header}` needs a `name`", f"the column says yes or no, or when; `name` says what: {{to: {column.to}, name: …}}"
        if column.name is None and column.of is not None and not _names(mapping, column):
            yield (*way, "of"), f"`of: {column.of}` names no column that is mapped to the name of an item", "write `name:` instead"
        if column.several and column.cell not in ("absent", "never", NAMED.get(column.table)):
            yield (*way, "several"), f"`several` has no meaning for `{column.to}`", "one column a value"
        cells = [cell.name for cell in TABLES[column.table]]
        for wrong in (key for key in column.constants() if key not in cells or column.table not in ITEMS):
            place = (*way, "with", wrong) if wrong in column.also else (*way, wrong)
            yield (
                place,
                f"`{column.table}` has no column `{wrong}`",
                meant(wrong, cells) if column.table in ITEMS else "only an item has more",
            )


def _of_pairs(mapping: Mapping) -> Iterator[Mistake]:
    """Columns that cannot stand beside each other."""
    said: dict[tuple[str, str | None], str] = {}
    for header, column in mapping.columns.items():
        if column.once and (column.to, column.name) in said:
            yield ("columns", header), f"`{header}` says the same as `{said[column.to, column.name]}`", "put one of them under `ignore:`"
        said[column.to, column.name] = header
    for table in ITEMS:
        for header in _uneven(mapping.of_table(table)):
            yield ("columns", header), f"`{header}` stands for one of several", "as many columns for each thing said of it, or one for all"


def _of_all(mapping: Mapping) -> Iterator[Mistake]:
    if PERSON not in {column.to for column in mapping.columns.values()}:
        yield ("columns",), "no column is mapped to `person`", "`Patient ID: {to: person}`: the column that tells persons apart"
    if mapping.dates and not {"DD", "YYYY"} <= set(_parts(mapping.dates)):
        yield ("dates",), "`dates` is no format", "DD.MM.YYYY, MM/DD/YYYY, DD-MMM-YYYY: years have four digits"
    for header in mapping.ignore:
        if header in mapping.columns:
            yield ("ignore",), f"`{header}` stands under `columns` too", "it can be in one place"


def _uneven(entries: Mapping_[str, ListColumn]) -> Iterator[str]:
    """Columns that stand in more than one thing, though not in all of the same name."""
    for name in dict.fromkeys(column.name or column.of for column in entries.values()):
        counts = Counter(column.cell for column in entries.values() if (column.name or column.of) == name)
        most = max(counts.values())
        yield from (header for header, column in entries.items() if (column.name or column.of) == name and 1 < counts[column.cell] < most)


def _parts(dates: str) -> list[str]:
    return "".join(letter if letter.isalpha() else " " for letter in dates).split()


def _names(mapping: Mapping, column: ListColumn) -> bool:
    other = mapping.columns.get(column.of or "")
    return other is not None and other.table == column.table and other.cell == NAMED.get(other.table)
