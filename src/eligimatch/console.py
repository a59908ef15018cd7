"""What the commands share: streams, batches with rows set aside, and the one wall that turns errors into messages and exit codes."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout, suppress
from datetime import date
from itertools import islice
from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING, TypeVar

import typer

from eligimatch import resources, waiting

if TYPE_CHECKING:
    from polars import DataFrame
    from rich.console import RenderableType

    from eligimatch.model.diagnostic import Diagnostic
    from eligimatch.model.verdict import Status
    from eligimatch.report.paint import Line

UNUSABLE = 2
SET_ASIDE = 3
INTERRUPTED = 130
TRACEBACK = "ELIGIMATCH_TRACEBACK"
"""Set, an internal error shows its traceback, which may hold a patient's data."""
SHOWN = 20
"""Warnings before the rest is only counted."""
_SLOW = 50
_REFUSALS = {
    errno.ENOSPC: ("cannot write: no space left on device", "make room, and run it again"),
    errno.EFBIG: ("cannot write: file too large", "name another place"),
    errno.EROFS: ("cannot write: nothing may be written here", "name another place"),
    errno.EACCES: ("no permission", "see whose it is, or name another place"),
    errno.EPERM: ("no permission", "see whose it is, or name another place"),
}
"""What the system refuses, wherever it is met: what is said, and a hint."""
_PYDANTIC = re.compile("Value error, |, unable to parse string as an? [a-z]+")
"""What of a message speaks of the program, not of the argument."""
Given = TypeVar("Given")
Made = TypeVar("Made")


class Batch:
    """Many inputs: what cannot be used is set aside with its message, the rest goes on."""

    def __init__(self) -> None:
        self.set_aside: list[Diagnostic] = []
        self.done = 0

    def each(self, given: Iterable[Given], make: Callable[[Given], Made]) -> Iterator[Made]:
        """What `make` makes of each usable input."""
        from eligimatch.model.diagnostic import InputError

        for one in given:
            try:
                made = make(one)
            except InputError as error:
                self.set_aside.append(error.diagnostic)
            else:
                self.done += 1
                yield made
        if self.set_aside and not self.done:
            self.close()

    def close(self) -> None:
        """Ends the run where something was set aside: 3, or 2 if that was everything."""
        if self.set_aside:
            message(self.set_aside)
            raise typer.Exit(SET_ASIDE if self.done else UNUSABLE)


# --- streams -----------------------------------------------------------------------------------------------------------------


def write(text: str) -> None:
    """One line of output for programs."""
    sys.stdout.write(text + "\n")


def show(lines: Iterable[Line], *, apart: bool = False) -> None:
    """Lines of output for people; `apart` sets an empty line before them."""
    from eligimatch.report.paint import show as paint

    if apart:
        sys.stdout.write("\n")
    paint(lines, sys.stdout)


def write_pieces(pieces: Iterable[str]) -> None:
    """Output as it comes."""
    sys.stdout.writelines(pieces)


def write_bytes(content: bytes) -> None:
    """Output that is no text; `refuse_terminal` comes first."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)


def refuse_terminal(what: str, out: Path | None) -> None:
    """Ends the run where something that is no text would go to a terminal."""
    if out is None and sys.stdout.isatty():
        raise refusal(f"{what} is nothing for a terminal", "--out", "name a file: --out FILE")


@contextmanager
def saved(path: Path | None) -> Iterator[None]:
    """What is written inside goes to a file, wholly or not at all, readable by its owner alone; without a path, to stdout as ever."""
    if path is None:
        yield
        return
    from tempfile import mkstemp

    if path.exists() and not path.is_file():
        raise refusal("no file to write to", str(path), "--out names a file, new or to be replaced")
    try:
        handle, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError:
        raise refusal("cannot write here", str(path), "--out names a file in a folder that is there and yours to write in") from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file, redirect_stdout(file):
            yield
        _replace(draft, path)
    finally:
        with suppress(OSError):
            Path(draft).unlink()


def _replace(draft: str, path: Path) -> None:
    try:
        Path(draft).replace(path)
    except OSError:
        raise refusal("cannot replace this file", str(path), "it may be open in another program: close it there, or name another file") from None


def width() -> int:
    """Columns for a criterion's words, set in by a few."""
    from eligimatch.report.underline import WIDTH

    return min(WIDTH, max(40, get_terminal_size().columns - 12)) if sys.stdout.isatty() else WIDTH


def render(drawing: RenderableType) -> None:
    """A tree or table, plain and unwrapped where no terminal shows it."""
    from rich.console import Console

    from eligimatch.report.paint import coloured

    if coloured(sys.stdout):
        Console(file=sys.stdout, highlight=False).print(drawing)
        return
    plain = io.StringIO()
    Console(file=plain, width=10_000, no_color=True, highlight=False).print(drawing)
    sys.stdout.writelines(line.rstrip() + "\n" for line in plain.getvalue().splitlines())


def tracked(given: Iterable[Given], total: int, what: str) -> Iterator[Given]:
    """The same things, with how many are done, how fast and how long it will take, on a terminal's stderr."""
    if total < _SLOW or not sys.stderr.isatty():
        yield from given
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn(what), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        waiting.SHOWN.set(nullcontext)  # a terminal has one last line
        task = progress.add_task(what, total=total, rate="")
        for one in given:
            yield one
            progress.advance(task)
            speed = progress.tasks[0].speed
            progress.update(task, rate=f"{speed:,.0f}/s" if speed else "")
    waiting.SHOWN.set(_waiting)


def _waiting(words: str) -> AbstractContextManager[object]:
    """Words on a terminal's stderr for as long as the context lasts."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"{words} …")


def message(diagnostics: Iterable[Diagnostic]) -> None:
    """Diagnostics on stderr."""
    from eligimatch.report.diagnostics import drawn
    from eligimatch.report.paint import show as paint

    with suppress(OSError):  # a full disk is told, too
        sys.stdout.flush()
    paint(drawn(diagnostics), sys.stderr)


def warn(groups: Iterable[Iterable[Diagnostic]], limit: int | None = SHOWN) -> None:
    """What there is to say about input that was used all the same."""
    diagnostics = [diagnostic for group in groups for diagnostic in group]
    if diagnostics:
        message(islice(diagnostics, limit))
    if limit is not None and len(diagnostics) > limit:
        sys.stderr.write(f"and {len(diagnostics) - limit} more: eligimatch compile\n")


def warn_in_short(groups: Iterable[Iterable[Diagnostic]]) -> None:
    """The same beside what was asked for: of many, no more than that they are there."""
    told = [diagnostics for group in groups if (diagnostics := list(group))]
    many = sum(map(len, told))
    if many <= SHOWN:
        warn(told)
    else:
        sys.stderr.write(f"{many} warnings about {len(told)} trials: eligimatch compile --stats shows the first, eligimatch compile all\n")


def write_file(path: Path, text: str) -> None:
    """Writes a file, wholly or not at all."""
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def end_aside(rejected: DataFrame, path: Path, persons: int) -> None:
    """Says the first of what a cohort's blocks set aside and a file lists, and ends the run: 3, or 2 if nobody is left; nothing where nothing was."""
    from eligimatch.sources.blocks import diagnostics

    if rejected.is_empty():
        return
    message(diagnostics(rejected.head(SHOWN)))
    sys.stderr.write(f"{rejected.height:,} set aside, listed in {path}\n")
    raise typer.Exit(SET_ASIDE if persons else UNUSABLE)


# --- arguments ---------------------------------------------------------------------------------------------------------------


def records(paths: Iterable[Path] | None) -> list[Path]:
    """The trial records of files and folders; without any, those of rules/ here, else those that come with the program."""
    here = Path("rules")
    return _files(paths or [here if here.is_dir() else resources.rules()], "no trial records here", "eligimatch import FILE --into DIR")


def profiles(paths: Iterable[Path]) -> list[Path]:
    """The profiles of files and folders."""
    return _files(paths, "no profiles here", "*.yaml or *.json, one person a file")


def _files(paths: Iterable[Path], empty: str, hint: str) -> list[Path]:
    """The files themselves, and those of folders in the order of their names."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml", ".json")) if path.is_dir() else [path]
        if not inside:
            raise refusal(empty, str(path), hint)
        found += inside
    return found


def prepared(paths: Iterable[Path] | None, workers: int | None) -> Iterator[Path]:
    """The trial records of `records`, each as soon as it is compiled; a terminal sees how far that is."""
    from eligimatch import api, kept

    found = records(paths)
    return tracked(kept.of_files(found, api.load_trial, workers or os.cpu_count() or 1), len(found), "trials")


def statuses(text: str) -> list[Status]:
    """The statuses of `failed,unknown`."""
    from eligimatch.model.verdict import Status

    known = [status.value for status in Status]
    words = [word.strip() for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            raise refusal(f"`{word}` is no status", "--only", f"one or more of {', '.join(known)}, with commas between")
    return [Status(word) for word in words]


def day(text: str, option: str = "--as-of") -> date:
    """The day of `2026-03-02`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refusal(f"`{text}` is no date", option, "a date is written as 2026-03-02") from None


def needs(package: str, what: str, extra: str) -> None:
    """Ends the run where a package is not installed that comes with an extra."""
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise refusal(f"{what} need a package that is not installed", package, f"pip install 'eligimatch[{extra}]'")


def refusal(title: str, source: str, hint: str) -> Exception:
    """The error that ends the run as unusable."""
    from eligimatch.model.diagnostic import Diagnostic, InputError

    return InputError(Diagnostic(title=title, source=source, hint=hint))


# --- the wall ----------------------------------------------------------------------------------------------------------------


def run(command: Callable[[], int]) -> int:
    """Runs a command to its exit code; every failure becomes a message on stderr without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    waiting.SHOWN.set(_waiting)
    try:
        code = command()
        sys.stdout.flush()
    except (BrokenPipeError, SystemExit):  # typer makes the one of the other
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last wall before a traceback, which could hold a patient's data
        return _failed(error)
    return code


def _failed(error: Exception) -> int:
    from eligimatch.model.diagnostic import Diagnostic, InputError, place

    if isinstance(error, InputError):
        message([error.diagnostic])
        return UNUSABLE
    if isinstance(error, OSError) and error.errno in _REFUSALS:
        title, hint = _REFUSALS[error.errno]
        message([Diagnostic(title=title, source=str(error.filename or ""), hint=hint)])
        return UNUSABLE
    if isinstance(error, typer.TyperException):
        message(_misused(error))
        return UNUSABLE
    if os.environ.get(TRACEBACK):
        raise error
    message([Diagnostic(title=f"internal error: {place(error)}", hint=f"{TRACEBACK}=1 shows the traceback, which may hold a patient's data")])
    return 1


def _misused(error: typer.TyperException) -> Iterator[Diagnostic]:
    """What is wrong with the arguments; nothing where there were none, and the help stands there already."""
    from eligimatch.model.diagnostic import Diagnostic

    said = _PYDANTIC.sub("", error.format_message()).replace("Input should be", "should be").replace("'", "`").rstrip(".")
    if said:
        context = getattr(error, "ctx", None)
        yield Diagnostic(title=said[:1].lower() + said[1:], hint=f"{context.command_path if context else 'eligimatch'} --help")
