"""The Python face: trials and profiles in, compiled trials and reports out. The language is read once, from the user's cache."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eligimatch import resources
from eligimatch.model.diagnostic import Diagnostic
from eligimatch.model.finding import Report
from eligimatch.model.profile import Profile
from eligimatch.model.trial import CompiledTrial, Criterion, Trial
from eligimatch.sources.cache import Cache, digest
from eligimatch.sources.language import Language, read_language

if TYPE_CHECKING:
    from eligimatch.compiler.pipeline import Compiler

CACHE_VARIABLE = "ELIGIMATCH_CACHE"
"""Names another folder for what is kept from run to run; empty: nothing is kept."""


def load_trial(source: Path | str | Mapping[str, Any]) -> Trial:
    """The trial of a file (rules/*.yaml, a registry's JSON or saved page) or mapping. Raises InputError."""
    from eligimatch.sources.trials import load_trial as load

    return load(source)


def compile_trial(trial: Trial) -> CompiledTrial:
    """A trial's criteria as rules; the same trial is compiled once and kept."""
    return _kept(digest(b"trial", trial.model_dump_json().encode()), lambda: trial)


def read_trial(path: Path) -> CompiledTrial:
    """The compiled trial of a file; a file that is as it was is not even parsed. Raises InputError."""
    try:
        content = path.read_bytes()
    except OSError:
        return compile_trial(load_trial(path))
    return _kept(digest(b"file", str(path).encode(), content), lambda: load_trial(path))


def import_trial(source: Path, folder: Path) -> tuple[Path, list[Diagnostic]]:
    """Writes a registry's record as a file of a folder; gives the file, and what there is to say of the record. Raises InputError."""
    from eligimatch.sources.registry import read_record
    from eligimatch.sources.trials import write_trial

    trial, notes = read_record(source, language().vocabulary)
    return write_trial(trial, folder), notes


def load_profile(source: Path | str | Mapping[str, Any]) -> Profile:
    """The profile of a YAML or JSON file or mapping. Raises InputError."""
    from eligimatch.sources.profiles import load_profile as load

    return load(source, language().units)


def check(profile: Profile, trials: Iterable[CompiledTrial], as_of: date | str | None = None) -> Report:
    """One person against trials: every criterion's status with its reason. `as_of` is the day of judgement, a date or `2026-03-02`."""
    from eligimatch.engine.evaluator import check as evaluate

    day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    return evaluate(profile, trials, language().vocabulary, language().units, day)


def explain(text: str, kind: Literal["inclusion", "exclusion"] = "inclusion") -> Criterion:
    """One criterion's words compiled."""
    compiler = _compiler()
    return compiler.criterion_of(f"{kind[0].upper()}1", kind, text, compiler.rule(text, kind))


@cache
def language() -> Language:
    """The vocabulary and units of this process."""
    return read_language(resources.grammar(), resources.code(), _cache())


@cache
def _cache() -> Cache:
    folder = os.environ.get(CACHE_VARIABLE)
    if folder is None:
        from platformdirs import user_cache_path

        return Cache(user_cache_path("eligimatch", appauthor=False))
    return Cache(Path(folder) if folder else None)


@cache
def _compiler() -> Compiler:
    """Everything that reading a criterion needs: only made where something is compiled that was not before."""
    from eligimatch.compiler.lexicon import Lexicon, wordings_of
    from eligimatch.compiler.parser import Parser
    from eligimatch.compiler.pipeline import Compiler
    from eligimatch.compiler.store import wordings_bytes, wordings_of_bytes

    vocabulary, units, key = language()
    wordings_key = digest(b"wordings", key)
    wordings = wordings_of_bytes(_cache().get(wordings_key))
    if wordings is None:
        wordings = wordings_of(vocabulary)
        _cache().put(wordings_key, wordings_bytes(wordings))
    parser = Parser(resources.grammar() / "criterion.lark", _cache().path("criterion.lark.table"))
    return Compiler(vocabulary, units, Lexicon(wordings, units), parser)


def _kept(content: bytes, load: Callable[[], Trial]) -> CompiledTrial:
    """The compiled trial of some content in this language: from the cache, or compiled and kept."""
    key = digest(language().key, content)
    kept = _cache().get(key)
    if kept is not None:
        with suppress(ValueError):
            return CompiledTrial.model_validate_json(kept)
    compiled = _compiler().compile_trial(load())
    _cache().put(key, compiled.model_dump_json().encode())
    return compiled
