"""Compiled trials kept by content: found again by their words and the language, compiled side by side where they are not."""

from __future__ import annotations

import marshal
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from eligimatch import resources
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.family import Read, reads
from eligimatch.model.trial import CompiledTrial, Form, Trial
from eligimatch.sources.cache import Cache, digest
from eligimatch.sources.language import Language, kept_language, read_language
from eligimatch.waiting import shown

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from eligimatch.compiler.changes import Changes
    from eligimatch.compiler.lexicon import Lexicon, Wordings
    from eligimatch.compiler.pipeline import Compiler

CACHE_VARIABLE = "ELIGIMATCH_CACHE"
"""Names another folder for what is kept from run to run; empty: nothing is kept."""
UNHURRIED = 1_000_000
"""Objects made before the garbage collector looks for what may go: compiling leaves next to none, and looking costs a tenth of it."""
SIDE_BY_SIDE = 100
"""Trials to compile from which a second process is worth its start."""
_AT_ONCE = 400
"""Trials that are compiled before the first of them is given on."""


class Head(NamedTuple):
    """What of a compiled trial is told without its rules."""

    reads: Counter[Read]
    diagnostics: tuple[Diagnostic, ...]


class Kept(NamedTuple):
    """A compiled trial as it is kept: bytes, read only as far as they are asked for."""

    about: bytes
    compiled: bytes

    def head(self) -> Head:
        """Its criteria counted, and what is to be said of its record."""
        _, _, counted, diagnostics = marshal.loads(self.about)  # noqa: S302 - the user's own folder: sources/cache
        return Head(
            Counter({Read(section, Form(form), told): count for (section, form, told), count in counted}), _diagnostics().validate_json(diagnostics)
        )

    def trial(self) -> CompiledTrial:
        """The compiled trial. Raises ValueError where the bytes are not whole."""
        return CompiledTrial.model_validate_json(self.compiled)


@cache
def _diagnostics() -> TypeAdapter[tuple[Diagnostic, ...]]:
    from pydantic import TypeAdapter

    return TypeAdapter(tuple[Diagnostic, ...])


# --- the language of this process --------------------------------------------------------------------------------------------


@cache
def store() -> Cache:
    """The user's cache folder."""
    folder = os.environ.get(CACHE_VARIABLE)
    if folder is None:
        from platformdirs import user_cache_path

        return Cache(user_cache_path("eligimatch", appauthor=False))
    return Cache(Path(folder) if folder else None)


@cache
def language() -> Language:
    """The vocabulary and units of this process."""
    return read_language(resources.grammar(), resources.code(), store())


@cache
def compiler() -> Compiler:
    """Everything that reading a criterion needs: only made where something is compiled that was not before."""
    from eligimatch.compiler.lexicon import Lexicon
    from eligimatch.compiler.parser import Parser
    from eligimatch.compiler.pipeline import Compiler

    vocabulary, units, _, _ = language()
    with shown("gathering the wordings"):
        parser = Parser(resources.grammar() / "criterion.lark", store().path("criterion.lark.table"))
        return Compiler(vocabulary, units, Lexicon(_wordings(), units), parser)


@cache
def _wordings() -> Wordings:
    from eligimatch.compiler.lexicon import wordings_of
    from eligimatch.compiler.store import wordings_bytes

    wordings = _wordings_then(language().key)
    if wordings is None:
        wordings = wordings_of(language().vocabulary)
        store().put({_wordings_key(language().key): wordings_bytes(wordings)})
    return wordings


def _wordings_then(key: bytes) -> Wordings | None:
    from eligimatch.compiler.store import wordings_of_bytes

    return wordings_of_bytes(store().get(_wordings_key(key)))


def _wordings_key(key: bytes) -> bytes:
    return digest(b"wordings", key)


@cache
def _changes(then: bytes) -> tuple[Changes, Lexicon | None]:
    """What words mean otherwise than in the language of an earlier run, and its lexicon; none where that is not kept any more."""
    from eligimatch.compiler.changes import Changes, Words, changes
    from eligimatch.compiler.lexicon import Lexicon

    old, wordings = kept_language(then, store()), _wordings_then(then)
    if old is None or wordings is None:
        return Changes(frozenset()), None
    changed = changes(Words(old.vocabulary, wordings), Words(language().vocabulary, _wordings()))
    return changed, Lexicon(wordings, old.units)


# --- trials ------------------------------------------------------------------------------------------------------------------


def of_trial(trial: Trial) -> CompiledTrial:
    """A trial compiled, or found as it was compiled before."""
    return _compiled(digest(b"trial", trial.model_dump_json().encode()), lambda: trial)


def of_file(path: Path, load: Callable[[Path], Trial]) -> CompiledTrial:
    """The same of a file; one that is as it was is not even parsed. Raises InputError."""
    content = _content(path)
    return _compiled(content, lambda: load(path)) if content else of_trial(load(path))


def bytes_of_file(path: Path, load: Callable[[Path], Trial]) -> Kept:
    """The same, as it is kept. Raises InputError."""
    content = _content(path)
    found = _found(content) if content else None
    if found is None:
        trial = load(path)
        found = _as_kept(trial, compiler().compile_trial(trial))
        if content:
            store().put(_rows(content, found))
    return found


def of_files(paths: Sequence[Path], load: Callable[[Path], Trial], workers: int) -> Iterator[Path]:
    """The paths in their order, each as soon as its trial is kept: those not yet compiled are compiled side by side.

    A file that cannot be used is passed on as it is: who asks for its trial is told why.
    """
    if workers < 2 or len(paths) < SIDE_BY_SIDE:
        yield from paths
        return
    waiting = iter(paths)
    pool = None
    try:
        while some := list(islice(waiting, _AT_ONCE)):
            contents = {path: content for path in some if (content := _content(path)) and _found(content) is None}
            if pool is None and len(contents) >= SIDE_BY_SIDE:
                import gc
                from concurrent.futures import ProcessPoolExecutor
                from multiprocessing import get_context

                pool = ProcessPoolExecutor(workers, get_context("spawn"), gc.set_threshold, (UNHURRIED,))
            if pool is None:
                yield from some
                continue
            made = pool.map(_made_of_file, contents, [load] * len(contents), chunksize=8)
            values = {path: kept for path, kept in zip(contents, made, strict=True) if kept}
            store().put({key: value for path, kept in values.items() for key, value in _rows(contents[path], kept).items()})
            yield from some
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)
            store().gather()


def _content(path: Path) -> bytes | None:
    """The hash of a file's bytes, None where they cannot be read."""
    with suppress(OSError):
        return digest(b"file", str(path).encode(), path.read_bytes())
    return None


def _made_of_file(path: Path, load: Callable[[Path], Trial]) -> Kept | None:
    with suppress(InputError):
        trial = load(path)
        return _as_kept(trial, compiler().compile_trial(trial))
    return None


def _compiled(content: bytes, load: Callable[[], Trial]) -> CompiledTrial:
    found = _found(content)
    if found:
        with suppress(ValueError):
            return found.trial()
    trial = load()
    compiled = compiler().compile_trial(trial)
    store().put(_rows(content, _as_kept(trial, compiled)))
    return compiled


def _as_kept(trial: Trial, compiled: CompiledTrial) -> Kept:
    text = "\n".join((*trial.conditions, trial.eligibility, *(clarification.says for clarification in trial.clarifications)))
    counted = [((str(read.section), str(read.form), read.families), count) for read, count in reads(compiled).items()]
    about = (language().key, text, counted, _diagnostics().dump_json(compiled.diagnostics))
    return Kept(marshal.dumps(about), compiled.model_dump_json().encode())


def _found(content: bytes) -> Kept | None:
    """What is kept of some content, as long as the language reads it as it did."""
    about, compiled = (store().get(key) for key in _keys(content))
    if about is None or compiled is None:
        return None
    with suppress(ValueError, TypeError, EOFError):
        then, text, *rest = marshal.loads(about)  # noqa: S302 - as above
        if then == language().key:
            return Kept(about, compiled)
        if not _may_differ(then, text, compiled.decode()):
            again = Kept(marshal.dumps((language().key, text, *rest)), compiled)
            store().put(_rows(content, again))
            return again
    return None


def _may_differ(then: bytes, text: str, compiled: str) -> bool:
    """Whether the language of now could read otherwise what that of an earlier run compiled."""
    from eligimatch.compiler.changes import signature

    changed, lexicon = _changes(then)
    return lexicon is None or changed.touch(signature(text, compiled, lexicon))


def _rows(content: bytes, kept: Kept) -> dict[bytes, bytes]:
    return dict(zip(_keys(content), kept, strict=True))


def _keys(content: bytes) -> tuple[bytes, bytes]:
    return digest(language().base, b"about", content), digest(language().base, b"compiled", content)
