"""Judged persons as a worklist for Excel and LibreOffice: a sheet of trials, of criteria, of questions, and how to read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.finding import TrialReport
from eligimatch.model.verdict import Status
from eligimatch.report.facts import Judged, of_status, to_ask
from eligimatch.report.terminal import NOTICE, ORDER

LONGEST = 32_766
"""UTF-16 units of a text: a cell holds one more."""
CLIPPED = "… [clipped: a cell holds no more]"
ROWS = 1_048_576
"""Rows that a sheet holds."""
_ASKED = 5
"""Questions that a trial's row names; the sheet of questions has them all."""
_LINE = 15
_HIGHEST = 409
"""Points: of a line of text, and of the highest row."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_COLOURS = {
    "matched": ("#E2F2E6", "#14662F"), "eligible": ("#E2F2E6", "#14662F"), "failed": ("#FBE4E3", "#A8201A"), "ineligible": ("#FBE4E3", "#A8201A"),
    "unknown": ("#FFF0D1", "#7A4A00"), "undetermined": ("#FFF0D1", "#7A4A00"),
}  # fmt: skip
Value = str | int | date


class Column(NamedTuple):
    """One column: its heading, its width in characters, and what it is for."""

    title: str
    width: int
    coloured: bool = False
    choices: tuple[str, ...] = ()
    """What a person may choose from; a column with choices, or named notes, is left empty."""


class Sheet(NamedTuple):
    """One table of the worklist; `frozen` columns stay in sight."""

    name: str
    columns: tuple[Column, ...]
    frozen: int


NOTES = Column("notes", 40)
DECISION = Column("decision", 16, choices=("to screen", "not suitable", "waiting", "declined", "enrolled"))
SHEETS = (
    Sheet(
        "Trials",
        (
            Column("patient", 16), Column("trial", 15), Column("verdict", 15, coloured=True), Column("failed", 9), Column("unknown", 10),
            Column("matched", 10), Column("first failed criterion", 45), Column("open questions", 11), Column("to ask", 50),
            DECISION, NOTES, Column("title", 40),
            Column("as of", 12),
        ),
        2,
    ),
    Sheet(
        "Criteria",
        (
            Column("patient", 16), Column("trial", 15), Column("criterion", 11), Column("kind", 11), Column("status", 11, coloured=True),
            Column("words", 60), Column("reason", 45), Column("facts", 45), Column("missing", 30), Column("assumptions", 25),
            Column("decision", 14, choices=("met", "not met", "unclear", "does not apply")), NOTES,
        ),
        3,
    ),
    Sheet(
        "Questions",
        (
            Column("patient", 16), Column("trial", 15), Column("verdict", 15, coloured=True), Column("question", 55), Column("criteria", 20),
            Column("decision", 14, choices=("asked", "answered", "not needed")), NOTES,
        ),
        2,
    ),
)  # fmt: skip
_ABOUT = (
    ("Read this first", NOTICE),
    ("Criteria", "are those of the registry's summary, which may be shorter than the protocol's; ids beginning with R are the registry's own fields"),
    ("matched, failed, unknown", "matched speaks for the patient: an inclusion criterion that holds, an exclusion criterion that does not"),
    ("eligible, ineligible", "every criterion is matched; at least one has failed; a trial is undetermined otherwise"),
    ("decision, notes", "are yours: nothing is filled in, and the list of a decision may be overwritten"),
)  # fmt: skip


def workbook(persons: Iterable[Judged], only: Iterable[Status] = ORDER, program: str = "eligimatch") -> bytes:
    """The worklist as the bytes of an .xlsx file, the same for the same persons; criteria of other statuses than `only` are filtered out at first.

    Rows go to temporary files as they come: memory holds one person. Raises InputError where a sheet would be too long.
    """
    made = BytesIO()
    with Workbook(made, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        tables = [SheetTable(book, sheet) for sheet in SHEETS]
        trials, criteria, questions = tables
        shown, latest = set(only), date.min
        for judged in persons:
            latest = max(latest, judged.report.as_of)
            for trial in judged.trials():
                trials.add(_trial(judged, trial))
                for row in _criteria(judged, trial):
                    criteria.add(row, hidden=row[4] not in shown)
                for row in _questions(judged, trial):
                    questions.add(row)
        for table in tables:
            table.finish()
        if shown < set(ORDER):
            criteria.sheet.filter_column_list(4, sorted(shown))
        _about(book, program)
        book.set_properties({"title": "Eligibility worklist", "comments": NOTICE, "created": datetime.combine(latest, time.min)})
    return made.getvalue()


# --- rows --------------------------------------------------------------------------------------------------------------------


def _trial(judged: Judged, trial: TrialReport) -> list[Value]:
    failed = of_status(trial, Status.FAILED)
    return [
        judged.name,
        trial.trial,
        trial.verdict,
        *(trial.counts[status] for status in ORDER),
        f"{failed[0].id}: {failed[0].reason}" if failed else "",
        len(trial.ask),
        to_ask(trial, _ASKED),
        "",
        "",
        trial.title,
        judged.report.as_of,
    ]


def _criteria(judged: Judged, trial: TrialReport) -> Iterator[list[Value]]:
    for finding in trial.criteria:
        facts = _listed(judged.facts(finding))
        missing, assumptions = _listed(finding.missing), _listed(finding.assumptions)
        words = f"{finding.text}\nclarified, read as:\n{finding.clarified}" if finding.clarified else finding.text
        yield [judged.name, trial.trial, finding.id, finding.kind, finding.status, words, finding.reason, facts, missing, assumptions]


def _questions(judged: Judged, trial: TrialReport) -> Iterator[list[Value]]:
    for ask in trial.ask:
        yield [judged.name, trial.trial, trial.verdict, ask.fact, ", ".join(ask.criteria)]


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(texts)


# --- sheets ------------------------------------------------------------------------------------------------------------------


class SheetTable:
    """A sheet that grows by rows."""

    def __init__(self, book: Workbook, sheet: Sheet) -> None:
        self.sheet: Worksheet = book.add_worksheet(sheet.name)
        self._about = sheet
        self._rows = 1
        plain = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D3D7DE"}
        self._text = book.add_format(plain)
        self._number = book.add_format(plain | {"align": "center"})
        self._quoted = book.add_format(plain | {"quote_prefix": True})
        self._day = book.add_format(plain | {"num_format": "yyyy-mm-dd"})
        self._mine = book.add_format(plain | {"bg_color": "#FFFFF0", "locked": False})
        self._tones = {word: book.add_format({"bg_color": paper, "font_color": ink}) for word, (paper, ink) in _COLOURS.items()}
        self._begin(book.add_format(plain | {"bold": True, "bg_color": "#E4E8EE"}))

    def _begin(self, heading: Format) -> None:
        sheet = self.sheet
        sheet.set_row(0, 2 * _LINE)
        for at, column in enumerate(self._about.columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, column.title, heading)
        sheet.freeze_panes(1, self._about.frozen)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L{NOTICE}&R&A, &P / &N")

    def add(self, row: Sequence[Value], *, hidden: bool = False) -> None:
        """Writes the next row; columns after its values are a person's own."""
        if self._rows >= ROWS:
            hint = "give fewer patients or trials at a time, or --format json"
            raise InputError(Diagnostic(title=f"the sheet `{self._about.name}` is full: it holds {ROWS:,} rows", hint=hint))
        texts = [(value, column.width) for value, column in zip(row, self._about.columns, strict=False) if isinstance(value, str)]
        self.sheet.set_row(self._rows, min(_HIGHEST, _LINE * max(_lines(text, width) for text, width in texts)), None, {"hidden": hidden})
        for at, column in enumerate(self._about.columns):
            if column.choices or column is NOTES:
                self.sheet.write_blank(self._rows, at, None, self._mine)
            else:
                self._write(at, row[at])
        self._rows += 1

    def _write(self, at: int, value: Value) -> None:
        match value:
            case str():
                text = _plain(clipped(value))
                self.sheet.write_string(self._rows, at, text, self._quoted if text.startswith(_STARTS_A_FORMULA) else self._text)
            case int():
                self.sheet.write_number(self._rows, at, value, self._number)
            case date():
                self.sheet.write_datetime(self._rows, at, value, self._day)

    def finish(self) -> None:
        """Filters, colours and choices over all rows."""
        last = max(1, self._rows - 1)
        self.sheet.autofilter(0, 0, last, len(self._about.columns) - 1)
        for at, column in enumerate(self._about.columns):
            if column.coloured:
                for word, tone in self._tones.items():
                    self.sheet.conditional_format(1, at, last, at, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": tone})
            if column.choices:
                self.sheet.data_validation(1, at, last, at, {"validate": "list", "source": list(column.choices), "error_type": "information"})


def clipped(text: str) -> str:
    """The text as far as a cell holds it, with a sign where it goes on."""
    if len(text.encode("utf-16-le")) // 2 <= LONGEST:
        return text
    return text.encode("utf-16-le")[: 2 * (LONGEST - len(CLIPPED))].decode("utf-16-le", errors="ignore") + CLIPPED


def _plain(text: str) -> str:
    """The text so that XlsxWriter does not take it for its own rich text, which it writes as it is: `<r>…</r>` gets a space at its end."""
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column, as good as it can be told without the font: not every program measures rows when it opens a file."""
    return sum(max(1, -(-len(part) // width)) for part in text.split("\n"))


def _about(book: Workbook, program: str) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    bold, plain = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    for at, (name, text) in enumerate((("Eligibility worklist", f"made by {program} from the profiles and the registry's words alone"), *_ABOUT)):
        sheet.write_string(at, 0, name, bold)
        sheet.write_string(at, 1, text, plain)
