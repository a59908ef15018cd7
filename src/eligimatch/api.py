"""The Python face: trials and profiles in, compiled trials and reports out. The language is read once, from the user's cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eligimatch import kept
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.finding import Report
from eligimatch.model.profile import Profile
from eligimatch.model.trial import CompiledTrial, Criterion, Trial

if TYPE_CHECKING:
    from eligimatch.sources.cohort import Cohort


def load_trial(source: Path | str | Mapping[str, Any]) -> Trial:
    """The trial of a file (rules/*.yaml, a registry's JSON or saved page) or mapping. Raises InputError."""
    from eligimatch.sources.trials import load_trial as load

    return load(source)


def compile_trial(trial: Trial) -> CompiledTrial:
    """A trial's criteria as rules; the same trial is compiled once and kept."""
    return kept.of_trial(trial)


def read_trial(path: Path) -> CompiledTrial:
    """The compiled trial of a file; a file that is as it was is not even parsed. Raises InputError."""
    return kept.of_file(path, load_trial)


def import_trial(source: Path, folder: Path) -> tuple[Path, list[Diagnostic]]:
    """Writes a registry's record as a file of a folder; gives the file, and what there is to say of the record. Raises InputError."""
    from eligimatch.sources.registry import read_record
    from eligimatch.sources.trials import write_trial

    trial, notes = read_record(source, kept.language().vocabulary)
    return write_trial(trial, folder), notes


def load_profile(source: Path | str | Mapping[str, Any]) -> Profile:
    """The profile of a YAML or JSON file or mapping. Raises InputError."""
    from eligimatch.sources.profiles import load_profile as load

    return load(source, kept.language().units)


def propose_mapping(file: Path | str) -> str:
    """The text of a mapping that the headings of a list propose, for a person to correct. Raises InputError."""
    _needs_polars()
    from eligimatch import resources
    from eligimatch.sources.headings import Headings
    from eligimatch.sources.list_files import find_list, read_list
    from eligimatch.sources.mapping_file import mapping_text
    from eligimatch.sources.proposal import Proposal

    path = Path(file)
    found = find_list(path)
    headings = Headings(resources.grammar() / "headings.yaml", kept.language().vocabulary, kept.language().units)
    return mapping_text(Proposal(read_list(path, *found), headings), path.name, found)


def _needs_polars() -> None:
    if find_spec("polars") is None:
        raise InputError(Diagnostic(title="lists of persons need packages that are not installed", hint="pip install 'eligimatch[cohort]'"))


def open_cohort(source: Path | str | Sequence[Path], mapping: Path | None = None) -> Cohort:
    """The persons of a folder of profiles or of tables, of several profiles, or of a list with its mapping, block by block. Raises InputError."""
    _needs_polars()
    from eligimatch.sources.cohort import open_cohort as open_

    return open_(Path(source) if isinstance(source, str) else source, mapping, kept.language().units)


def check(profile: Profile, trials: Iterable[CompiledTrial], as_of: date | str | None = None) -> Report:
    """One person against trials: every criterion's status with its reason. `as_of` is the day of judgement, a date or `2026-03-02`."""
    from eligimatch.engine.evaluator import check as evaluate

    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return evaluate(profile, trials, kept.language().vocabulary, kept.language().units, day)


def explain(text: str, kind: Literal["inclusion", "exclusion"] = "inclusion") -> Criterion:
    """One criterion's words compiled."""
    compiler = kept.compiler()
    return compiler.criterion_of(f"{kind[0].upper()}1", kind, text, compiler.rule(text, kind))
