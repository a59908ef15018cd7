"""The Python face: trials and profiles in, compiled trials and reports out. The language is read once, from the user's cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eligimatch import kept
from eligimatch.model.diagnostic import Diagnostic, InputError

if TYPE_CHECKING:
    from eligimatch.engine.facts import Language
    from eligimatch.model.amendment import Amendment
    from eligimatch.model.finding import Report
    from eligimatch.model.nearness import Nearness
    from eligimatch.model.outlook import Calendar
    from eligimatch.model.profile import Profile
    from eligimatch.model.question import Questions
    from eligimatch.model.remark import Remark
    from eligimatch.model.rule import Rule
    from eligimatch.model.supposition import WhatIf
    from eligimatch.model.trial import Clarification, CompiledTrial, Criterion, Trial
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


def clarify(path: Path, criterion: str, said: Clarification | None) -> None:
    """Writes a person's rewording of a criterion into a trial's YAML file, or (None) takes it away. Raises InputError."""
    from eligimatch.sources.clarifications import remove_clarification, write_clarification

    if said is None:
        remove_clarification(path, criterion)
    else:
        write_clarification(path, said)


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
    if util.find_spec("polars") is None:
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


def amendment(old: CompiledTrial, new: CompiledTrial, profiles: Iterable[Profile] = (), as_of: date | None = None) -> Amendment:
    """What became of each criterion from one version of a trial to the next, and for which persons some status changes."""
    from eligimatch.engine.amendments import amendment as amended

    return amended(old, new, (check(profile, (old, new), as_of) for profile in profiles), _language())


def ask(profile: Profile, trials: Iterable[CompiledTrial], as_of: date | None = None, *, ruled_out: bool = False) -> Questions:
    """What to ask of a person next; with `ruled_out` for trials too in which a criterion failed."""
    from eligimatch.engine.questions import questions

    return questions(profile, trials, kept.language().vocabulary, kept.language().units, as_of, ruled_out=ruled_out)


def near(profile: Profile, trials: Iterable[CompiledTrial], as_of: date | None = None) -> Nearness:
    """What failed or barely holds: by how much, whether it may change, and when."""
    from eligimatch.engine.nearnesses import nearness

    return nearness(profile, trials, kept.language().vocabulary, kept.language().units, as_of)


def calendar(profile: Profile, trials: Iterable[CompiledTrial], first: date | None = None, last: date | None = None) -> Calendar:
    """How trials stand from a day (default: the day of judgement) up to another (default: for good), as long as only time goes on."""
    from eligimatch.engine.outlooks import calendar as outlook

    return outlook(profile, trials, kept.language().vocabulary, kept.language().units, first, last)


def what_if(profile: Profile, trials: Iterable[CompiledTrial], settings: Iterable[str], as_of: date | None = None) -> WhatIf:
    """The verdicts that change if some things were so: `blood glucose=10.2 mmol/L` (docs/questions). Raises InputError."""
    from eligimatch.engine.suppositions import what_if as suppose
    from eligimatch.sources.settings import read_setting

    vocabulary, units = kept.language().vocabulary, kept.language().units
    known = [*(item.name for item in profile.observations), *(item.name for item in profile.biomarkers)]
    wanted = [read_setting(text, vocabulary, units, known) for text in settings]
    return suppose(profile, trials, wanted, vocabulary, units, as_of)


def explain(text: str, kind: Literal["inclusion", "exclusion"] = "inclusion") -> Criterion:
    """One criterion's words compiled."""
    compiler = kept.compiler()
    return compiler.criterion_of(f"{kind[0].upper()}1", kind, text, compiler.rule(text, kind))


def in_words(rule: Rule, kind: Literal["inclusion", "exclusion"] = "inclusion") -> str:
    """A rule in words that compile to it again in that section: a sentence, or with brackets where a sentence would say something else."""
    from eligimatch.report.exact import exact

    return exact(rule, lambda words: kept.compiler().rule(words, kind))


def lint(trial: CompiledTrial) -> list[Remark]:
    """What a careful reader would ask the authors of a trial: contradictions, slips of units, what is asked twice, what the record lacks."""
    from eligimatch.compiler.slips import slips
    from eligimatch.engine.consistency import remarks
    from eligimatch.model.remark import Check, Remark

    of_record = [Remark(check=Check.RECORD, trial=trial.id, criteria=tuple(one.source.split()[1:]), diagnostic=one) for one in trial.diagnostics]
    of_units = [remark for criterion in trial.criteria if criterion.kind != "registry" for remark in slips(trial.id, criterion, kept.compiler())]
    return sorted([*of_record, *of_units, *remarks(trial, _language())], key=lambda remark: list(Check).index(remark.check))


@cache
def _language() -> Language:
    """What rules are compared by: made once, with all that it found so far."""
    from eligimatch.engine.facts import language_of

    return language_of(kept.language().vocabulary, kept.language().units)
