"""Raw tables of some persons to a block: whose row is whose, what is set aside and why, and each person's profile.

A section is read whole or not at all: one row of a person's conditions (observations, treatments …) that cannot be read takes the person's other
rows of that section with it, and the claim that it is complete, since the latest value, the second item or the exception could stand in that row. A
row may tell of what another section lists, as a value does of a condition: that section is not complete then either. A row of `planned` that cannot
be read would let another day stand for the event, so the person is set aside; so is one whose row of `persons` cannot be read, or who stands there
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import polars as pl

from eligimatch.model.columns import ITEMS, KEYED, PERSON, SEPARATOR, TABLES, profile_of_rows, texts_of
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.profile import Profile
from eligimatch.sources.cells import LABEL, ODD_SPACE, REASON, ROW, columns_in_memory, read_cells, why

REJECTED = pl.Schema({"table": pl.String(), "row": pl.UInt64(), PERSON: pl.String(), "reason": pl.String()})
"""What is set aside: the table, its row on file from 1 (a heading is not counted), whose it is, and why; no values."""
_CODE = "\0code"
"""The column of positions among the accepted persons; below 0, where there is none."""
_SET_ASIDE, _NOBODY = -1, -2
_TELLS_OF = {
    "observations": ("conditions",), "statements": ("conditions",), "allergies": ("conditions",),
    "conditions": ("treatments", "procedures"), "treatments": ("procedures",), "procedures": ("treatments",),
}  # fmt: skip
"""The sections of which the rows of another may tell: a value or an allergy of a condition, a condition of an operation."""


class Block:
    """Some persons of a cohort.

    `person` holds their identifiers; in each of `tables`, the column `person` is the position among them (UInt32), in rising order, and the other
    columns are those of `cells.columns_in_memory`. `rejected` is what was set aside, see REJECTED.
    """

    def __init__(self, number: int, person: pl.Series, tables: dict[str, pl.DataFrame], rejected: pl.DataFrame) -> None:
        self.number = number
        self.person = person
        self.tables = tables
        self.rejected = rejected

    def __len__(self) -> int:
        return len(self.person)

    def index(self, table: str) -> pl.Series:
        """Each row's position among the person's rows of its section (UInt32), which is the index of an evidence."""
        keys = [PERSON, "time"] if table == "denials" else [PERSON]
        return self.tables[table].select(pl.int_range(pl.len(), dtype=pl.UInt32).over(keys).alias("index")).to_series()

    def profile(self, row: int) -> Profile:
        """The profile of the person at a position."""
        rows = {}
        for table, bounds in self._bounds.items():
            start, end = bounds[row], bounds[row + 1]
            rows[table] = self.tables[table].slice(start, end - start).to_dicts()
        return Profile.model_validate(profile_of_rows(self.person[row], rows))

    @cached_property
    def _bounds(self) -> dict[str, pl.Series]:
        """For each table, where the rows of each person begin."""
        positions = pl.int_range(len(self) + 1, dtype=pl.UInt32, eager=True)
        return {name: table[PERSON].search_sorted(positions, side="left") for name, table in self.tables.items()}


def block_of(number: int, raw: Mapping[str, pl.DataFrame], set_aside: Sequence[pl.DataFrame] = ()) -> Block:
    """The block of raw tables, each with `person` (the identifier), `row` and what it has of its columns, in one order of persons.

    `set_aside` holds what the source refused before.
    """
    read = {table: _read(table, raw[table]) for table in TABLES if table in raw}
    persons = read.pop("persons")
    codes = _codes(persons, read.get("planned"))
    rejected = [*set_aside, _rejected("persons", persons)]
    tables: dict[str, pl.DataFrame] = {}
    open_sections: dict[int, set[str]] = {}
    for table, rows in read.items():
        owned = _owned(rows, codes)
        rejected.append(_rejected(table, owned))
        tables[table] = _readable(table, owned, open_sections)
    accepted = _less_complete(_owned(persons, codes).filter(pl.col(_CODE) >= 0), open_sections)
    tables["persons"] = _numbered(accepted)
    empty = {table: pl.DataFrame(schema=columns_in_memory(table)) for table in TABLES}
    return Block(number, accepted[PERSON].cast(pl.String).rename(PERSON), empty | tables, in_order(rejected))


def in_order(rejected: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """What was set aside as one table: by table, then by row."""
    place = pl.col("table").replace_strict(list(TABLES), range(len(TABLES)), default=-1)
    return pl.concat([pl.DataFrame(schema=REJECTED), *rejected]).sort(place, "row")


def diagnostics(rejected: pl.DataFrame) -> Iterator[Diagnostic]:
    """What was set aside, as messages that name no person."""
    for table, row, reason in rejected.select("table", "row", "reason").iter_rows():
        yield Diagnostic(title=reason, source=f"{table}, row {row}", kept="set aside")


def _read(table: str, raw: pl.DataFrame) -> pl.DataFrame:
    """A table's columns in memory, with `person`, `row` and `reason`."""
    made, reason = read_cells(table, raw)
    reasons = [raw[REASON], reason] if REASON in raw.columns else [reason]
    who = made[PERSON]
    if who.dtype == pl.String and table == "persons":
        reasons.append(why((who == "") | who.str.contains(ODD_SPACE), "`person`: an identifier without spaces around it is needed"))
    if table == "persons":
        reasons.append(why(who.is_duplicated(), "the person stands twice in this table"))
    if table in KEYED:
        key = TABLES[table][0].name
        reasons.append(why(made.select(pl.struct(PERSON, key).is_duplicated()).to_series(), f"`{key}` stands twice for this person"))
    reasons.append(why(who.is_null(), "`person` is missing"))
    return made.with_columns(pl.coalesce(reasons).alias(REASON))


def _codes(persons: pl.DataFrame, planned: pl.DataFrame | None) -> pl.DataFrame:
    """Each identifier with its position among the accepted, or -1 where the person is set aside."""
    refused = persons[REASON].is_not_null()
    if planned is not None and planned[REASON].null_count() < planned.height:
        refused |= persons[PERSON].is_in(planned.filter(pl.col(REASON).is_not_null())[PERSON].drop_nulls().implode())
    code = pl.when(refused).then(_SET_ASIDE).otherwise((~refused).cum_sum().cast(pl.Int64) - 1).cast(pl.Int64).alias(_CODE)
    return persons.select(PERSON, code).unique(PERSON, keep="any", maintain_order=True).drop_nulls(PERSON)


def _owned(rows: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    """Rows with the position of their person; whose person does not stand in `persons` has a reason."""
    who = rows[PERSON]
    starts = who.ne_missing(who.shift(1)).set(pl.arange(rows.height, eager=True) == 0, value=True).arg_true()
    runs = pl.DataFrame({PERSON: who.gather(starts)}).join(codes, on=PERSON, how="left", maintain_order="left")[_CODE]
    lengths = np.diff(starts.to_numpy(), append=rows.height)
    owned = rows.with_columns(pl.Series(_CODE, np.repeat(runs.fill_null(_NOBODY).to_numpy(), lengths), pl.Int64))
    if _NOBODY in runs.fill_null(_NOBODY):
        nobody = pl.when(pl.col(_CODE) == _NOBODY).then(pl.lit("the person does not stand in `persons`"))
        owned = owned.with_columns(pl.coalesce(REASON, nobody))
    return owned


def _rejected(table: str, rows: pl.DataFrame) -> pl.DataFrame:
    bad = rows.filter(pl.col(REASON).is_not_null()) if rows[REASON].null_count() < rows.height else rows.clear()
    place = pl.col(LABEL) + ": " if LABEL in bad.columns else pl.lit("")
    return bad.select(pl.lit(table).alias("table"), pl.col(ROW).alias("row"), PERSON, (place + pl.col(REASON)).alias("reason")).cast(REJECTED)


def _readable(table: str, owned: pl.DataFrame, open_sections: dict[int, set[str]]) -> pl.DataFrame:
    """The rows that stand in the block; `open_sections` takes which of each person's sections are not complete."""
    good = owned
    if owned[REASON].null_count() < owned.height:
        bad = owned.filter(pl.col(REASON).is_not_null() & (pl.col(_CODE) >= 0))[_CODE].unique()
        for code in bad:
            open_sections.setdefault(code, set()).update({table, *_TELLS_OF.get(table, ())})
        good = owned.filter(pl.col(REASON).is_null())
        if table in ITEMS:
            good = good.filter(~pl.col(_CODE).is_in(bad.implode()))
    if (good[_CODE] < 0).any():
        good = good.filter(pl.col(_CODE) >= 0)
    return _numbered(good)


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop(PERSON, ROW, REASON, LABEL, strict=False).select(pl.col(_CODE).cast(pl.UInt32).alias(PERSON), pl.exclude(_CODE))


def _less_complete(persons: pl.DataFrame, open_sections: Mapping[int, set[str]]) -> pl.DataFrame:
    if not open_sections:
        return persons
    complete = persons["complete"].to_list()
    for code, sections in open_sections.items():
        left = [section for section in texts_of(complete[code] or "") if section not in sections]
        complete[code] = f"{SEPARATOR} ".join(left) or None
    return persons.with_columns(pl.Series("complete", complete, pl.String))
