"""Trials' attrition as a workbook for Excel and LibreOffice: trials, criteria, what failed together, and a worklist of who may be eligible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from io import BytesIO

from xlsxwriter import Workbook

from eligimatch.model.attrition import TrialAttrition
from eligimatch.report.attrition import NOTICE
from eligimatch.report.excel import DECISION, NOTES, Column, Sheet, SheetTable

_COUNT = 13
_TRIALS = Sheet(
    "Trials",
    (
        Column("trial", 15), Column("persons", _COUNT), Column("eligible, surely", _COUNT), Column("eligible, at most", _COUNT),
        Column("undetermined", _COUNT), Column("ineligible", _COUNT), Column("title", 60),
    ),
    1,
)  # fmt: skip
_CRITERIA = Sheet(
    "Criteria",
    (
        Column("trial", 15), Column("criterion", 11), Column("kind", 11), Column("failed", _COUNT), Column("unknown", _COUNT),
        Column("failed first", _COUNT), Column("failed alone", _COUNT), Column("left surely", _COUNT), Column("left at most", _COUNT),
        Column("without it: eligible surely", _COUNT), Column("without it: at most", _COUNT), Column("words", 70),
    ),
    2,
)  # fmt: skip
_TOGETHER = Sheet("Failed together", (Column("trial", 15), Column("criteria", 60), Column("persons", _COUNT)), 1)
_PERSONS = Sheet("Persons", (Column("person", 18), Column("trial", 15), Column("verdict", 15, coloured=True), DECISION, NOTES), 2)


def workbook(trials: Sequence[TrialAttrition], listed: Iterable[Sequence[str]], day: date, program: str = "eligimatch") -> bytes:
    """The workbook as the bytes of an .xlsx file, the same for the same counts; `day` is the day of judgement.

    `listed` are person, trial and verdict of who may be eligible. Raises InputError where a sheet would be too long.
    """
    made = BytesIO()
    with Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        of_trials, of_criteria, of_combinations = (SheetTable(book, sheet) for sheet in (_TRIALS, _CRITERIA, _TOGETHER))
        for trial in trials:
            bounds = (trial.eligible, trial.possible, trial.undetermined, trial.ineligible)
            of_trials.add([trial.trial, trial.persons, *bounds, trial.title])
            for one in trial.criteria:
                counts = (one.failed, one.unknown, one.failed_first, one.failed_alone, one.surely_remain, one.may_remain)
                of_criteria.add([trial.trial, one.id, one.kind, *counts, one.eligible_without, one.possible_without, one.text])
            for combination in trial.combinations or ():
                of_combinations.add([trial.trial, ", ".join(combination.criteria), combination.persons])
        of_persons = SheetTable(book, _PERSONS)
        for row in listed:
            of_persons.add(list(row))
        for table in (of_trials, of_criteria, of_combinations, of_persons):
            table.finish()
        book.set_properties({"title": "Attrition", "comments": f"{NOTICE} Made by {program}.", "created": datetime.combine(day, time.min)})
    return made.getvalue()
