"""Reads a YAML or JSON file of bounded size into plain values, with the line of each; raises InputError."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from eligimatch.model.diagnostic import Diagnostic, InputError

LIMIT = 10 * 1024 * 1024
"""Bytes of one file."""
NODES = 200_000
"""Values of one document, aliases written out."""
DEPTH = 40

Steps = tuple[str | int, ...]
"""The way to a value: keys and indexes from the top."""


class Document(NamedTuple):
    """A file's values: mappings, lists, and scalars as text (YAML) or as JSON's own types."""

    data: Any
    lines: dict[Steps, int]
    """Line of each key or list item, from 1."""
    source: str = ""

    def line(self, way: Steps) -> int | None:
        """The line of a value, or of the nearest one around it."""
        for length in range(len(way), 0, -1):
            if way[:length] in self.lines:
                return self.lines[way[:length]]
        return None


def read_document(path: Path) -> Document:
    """The one document of a file."""
    text = read_text(path)
    if path.suffix.lower() == ".json" or text.lstrip()[:1] == "{":
        return _json(text, str(path))
    return _yaml(text, str(path))


def unreadable(error: Exception, source: str) -> Diagnostic:
    """What there is to say of a file that the system does not give."""
    match error:
        case FileNotFoundError():
            return Diagnostic(title="no such file", source=source)
        case IsADirectoryError():
            return Diagnostic(title="a folder where a file is needed", source=source, hint="name one of its files")
        case PermissionError():
            return Diagnostic(title="file cannot be read", source=source, hint="it is not yours to read")
        case _:
            return Diagnostic(title="file cannot be read", source=source)


def read_text(path: Path) -> str:
    """A file of bounded size, as UTF-8."""
    source = str(path)
    try:
        if path.is_file() and path.stat().st_size > LIMIT:
            raise InputError(Diagnostic(title="file is too large", source=source, hint=f"the limit is {LIMIT // 1024 // 1024} MB"))
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(unreadable(error, source)) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InputError(Diagnostic(title="not UTF-8", source=source, line=line, hint="save the file with the encoding UTF-8")) from None


# --- JSON ------------------------------------------------------------------------------------------------------------------


def _json(text: str, source: str) -> Document:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            _lines_of_json(text, source)
            raise InputError(Diagnostic(title=f"key `{twice}` stands twice", source=source))
        return values

    def refuse(_: str) -> None:
        raise InputError(Diagnostic(title="NaN and Infinity are not JSON", source=source))

    try:
        data = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise InputError(Diagnostic(title="malformed JSON", source=source, line=error.lineno, column=error.colno, hint=error.msg.lower())) from None
    except RecursionError:
        raise InputError(_too_deep(source)) from None
    return Document(data, _lines_of_json(text, source), source)


def _lines_of_json(text: str, source: str) -> dict[Steps, int]:
    """JSON is YAML but for rare escapes; where those stand, messages go without lines. A key that stands twice is named with its line."""
    try:
        return _yaml(text, source).lines
    except InputError as error:
        if "twice" in error.diagnostic.title:
            raise
        return {}


# --- YAML ------------------------------------------------------------------------------------------------------------------


def _yaml(text: str, source: str) -> Document:
    builder = _Builder(source)
    try:
        for event in yaml.parse(text, yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "nesting depth" in (error.problem or ""):
            raise InputError(_too_deep(source, mark.line + 1 if mark else None)) from None
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise InputError(Diagnostic(title="malformed YAML", source=source, line=line, column=column, hint=error.problem or "")) from None
    except yaml.YAMLError as error:
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else None
        raise InputError(Diagnostic(title="malformed YAML", source=source, line=line, hint="a character that YAML does not allow")) from None
    if not builder.documents:
        raise InputError(Diagnostic(title="empty file", source=source))
    return Document(builder.root, builder.lines, source)


class _Open:
    """A mapping or list that is being read."""

    __slots__ = ("anchor", "key", "size", "value", "way")

    def __init__(self, value: Any, way: Steps, anchor: str | None) -> None:
        self.value = value
        self.way = way
        self.anchor = anchor
        self.key: str | None = None
        self.size = 1


class _Builder:
    """Builds values from YAML's events without recursion; plain scalars stay text, so that `NO` is `NO` and `012` is `012`."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.root: Any = None
        self.lines: dict[Steps, int] = {}
        self.documents = 0
        self._open: list[_Open] = []
        self._anchors: dict[str | None, tuple[Any, int]] = {}
        self._nodes = 0

    def take(self, event: Any) -> None:
        """One event of the parser."""
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    raise self._error("several documents in one file", event, "keep one profile a file, without `---` between")
            case yaml.ScalarEvent():
                self._refuse_tag(event)
                self._add(_scalar(event), event, 1)
            case yaml.AliasEvent():
                value, size = self._anchor(event)
                self._add(value, event, size)
            case yaml.MappingStartEvent():
                self._start({}, event)
            case yaml.SequenceStartEvent():
                self._start([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end()

    def _start(self, value: Any, event: Any) -> None:
        self._refuse_tag(event)
        if len(self._open) >= DEPTH:
            raise InputError(_too_deep(self.source, event.start_mark.line + 1))
        self._open.append(_Open(value, self._place(value, event), event.anchor))

    def _end(self) -> None:
        done = self._open.pop()
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        if self._open:
            self._open[-1].size += done.size

    def _add(self, value: Any, event: Any, size: int) -> None:
        """A scalar or an alias, as a key, a value or a list item."""
        self._nodes += size
        if self._nodes > NODES:
            raise self._error("aliases expand too far", event, f"a file holds at most {NODES} values, aliases written out")
        parent = self._open[-1] if self._open else None
        if parent is not None and isinstance(parent.value, dict) and parent.key is None:
            self._key(parent, value, event)
            return
        if getattr(event, "anchor", None) and isinstance(event, yaml.ScalarEvent):
            self._anchors[event.anchor] = (value, size)
        if parent is not None:
            parent.size += size
        self._place(value, event)

    def _key(self, parent: _Open, key: Any, event: Any) -> None:
        if not isinstance(key, str):
            raise self._error("a key is a word", event)
        if key in parent.value:
            raise self._error(f"key `{key}` stands twice", event)
        parent.key = key
        self.lines[(*parent.way, key)] = event.start_mark.line + 1

    def _place(self, value: Any, event: Any) -> Steps:
        """Puts a value where it belongs; gives the way to it."""
        if not self._open:
            self.root = value
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
            way = (*parent.way, len(parent.value) - 1)
            self.lines[way] = event.start_mark.line + 1
            return way
        if parent.key is None:
            raise self._error("a key is a word", event)
        way = (*parent.way, parent.key)
        parent.value[parent.key] = value
        parent.key = None
        return way

    def _anchor(self, event: Any) -> tuple[Any, int]:
        known = self._anchors.get(event.anchor)
        if known is None:
            raise self._error("an alias to what it stands in, or to nothing", event)
        return known

    def _refuse_tag(self, event: Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise self._error("YAML tags are not used here", event, "remove the word that begins with `!`")

    def _error(self, title: str, event: Any, hint: str = "") -> InputError:
        mark = event.start_mark
        return InputError(Diagnostic(title=title, source=self.source, line=mark.line + 1, column=mark.column + 1, hint=hint))


def _scalar(event: Any) -> str | None:
    plain = event.implicit[0] and not event.style
    return None if plain and event.value in ("", "~", "null", "Null", "NULL") else str(event.value)


def _too_deep(source: str, line: int | None = None) -> Diagnostic:
    return Diagnostic(title="nested too deeply", source=source, line=line, hint=f"at most {DEPTH} levels")
