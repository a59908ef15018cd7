"""Reads what to suppose of a person, `blood glucose=10.2 mmol/L`, into a setting; raises InputError for what cannot be one (docs/questions)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, get_args

import yaml

from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.nearest import nearest
from eligimatch.model.profile import Reproductive, Result, SectionName
from eligimatch.model.supposition import Setting
from eligimatch.model.units import Units
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.model.words import folded
from eligimatch.sources.profiles import load_profile

OPTION = "--set"
FIELDS = ("sex", "age", "birth_date", "as_of")
SECTIONS = get_args(SectionName)
WORDS = ("absent", "never", "complete")
"""Sections that are lists of words."""
KEYED = ("statements", "planned", "groups")
"""Sections that are mappings."""
RESULTS = get_args(get_args(Result)[0])
_SIGN = re.compile(r"\s*([+-])?\s*(.*?)\s*=\s*(.*?)\s*", re.DOTALL)
_DETAILS = re.compile(r"(.*?),\s*(?=[a-z_]+\s*:)(.*)", re.DOTALL)
_DATED = re.compile(r"(.*?)\s+on\s+(\d{4}(?:-\d{2}){0,2})", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"((?:[<>≤≥]=?\s*)?-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)", re.IGNORECASE | re.DOTALL)
_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}
_NEAR = 60
_FORMS = "write `name=value unit`, `words=yes`, `section.key=value`, `+section=name` or `-section=name`"


def read_setting(text: str, vocabulary: Vocabulary, units: Units, known: Iterable[str] = ()) -> Setting:
    """One supposition. `known` are names of measures that the vocabulary need not know, because they are listed already."""
    match = _SIGN.fullmatch(text)
    if match is None or not match[2] or not match[3]:
        _refuse("not a supposition", text.partition("=")[0].strip(), _FORMS)
    sign, key, value = match.groups()
    if sign:
        return _Reader(text, units).item(sign, key, value)
    return _set(text, key, value, vocabulary, units, tuple(known))


def _set(text: str, key: str, value: str, vocabulary: Vocabulary, units: Units, known: tuple[str, ...]) -> Setting:
    read = _Reader(text, units)
    section, dot, rest = key.partition(".")
    if dot and _field(section) in (*SECTIONS, *WORDS, *KEYED, "reproductive"):
        return read.keyed(_field(section), rest.strip(), value)
    if _field(key) in FIELDS:
        return read.part("set", _field(key), _field(key), {_field(key): value})
    if _field(key) in Reproductive.model_fields:
        return read.keyed("reproductive", _field(key), value)
    if value.lower() in _ANSWERS:
        return read.keyed("statements", key, value)
    return read.measured(key, value, _kinds(key, vocabulary, known))


def _field(key: str) -> str:
    return key.strip().lower().replace(" ", "_")


class _Reader:
    """Makes settings of the parts of one text; what is wrong with them is said of its key."""

    def __init__(self, text: str, units: Units) -> None:
        self.text = " ".join(text.split())
        self.key = self.text.partition("=")[0].strip()
        self.units = units

    def part(self, act: Any, section: str, key: str, given: Mapping[str, Any]) -> Setting:
        """A setting whose new thing is checked as a profile's own would be."""
        try:
            return Setting(said=self.text, act=act, section=section, key=key, part=load_profile(given, self.units))
        except InputError as error:
            title = re.sub(r" (?:at|in) `[\w.]+`", "", error.diagnostic.title)
            title = title if f"`{self.key}`" in title else f"{title} in `{self.key}`"
            raise InputError(error.diagnostic.model_copy(update={"title": title, "source": OPTION})) from None

    def item(self, sign: str, section: str, value: str) -> Setting:
        """Something of a list, added or removed."""
        section = _field(section)
        if section not in (*SECTIONS, *WORDS, *KEYED):
            _refuse(f"there is no list `{section}`", "", _nearest(section, (*SECTIONS, *WORDS, *KEYED)))
        if sign == "-":
            return Setting(said=self.text, act="remove", section=section, key=value)
        if section in KEYED:
            _refuse(f"`{section}` has keys", "", f"write `{section}.key=value`")
        if section in WORDS:
            return self.part("add", section, value, {section: [value]})
        return self.part("add", section, value, {section: [self._details(section, value)]})

    def _details(self, section: str, value: str) -> Any:
        """A name, and what is said of it: `prednisone, dose: 5, unit: mg/day`."""
        split = _DETAILS.fullmatch(value)
        name, details = split.groups() if split else (value, "")
        try:
            said = yaml.safe_load(value) if value.startswith("{") else yaml.safe_load(f"{{{details}}}")
        except yaml.YAMLError:
            _refuse("details are not readable", self.key, "write them as `+treatments=prednisone, dose: 5, unit: mg/day`")
        return said if value.startswith("{") else {"substance" if section == "allergies" else "name": name, **said}

    def keyed(self, section: str, key: str, value: str) -> Setting:
        """One key of a mapping, one word of a list of words, or that a section is complete."""
        if section in SECTIONS:
            if key.lower() != "complete":
                _refuse(f"`{section}` is a list", "", f"write `{section}.complete=yes`, `+{section}=name` or `-{section}=name`")
            section, key = "complete", section
        if section in WORDS:
            answer = _ANSWERS.get(value.lower())
            if answer is None:
                _refuse("yes or no is needed", self.key, f"write `{self.key}=yes`")
            return self.part("add", section, key, {section: [key]}) if answer else Setting(said=self.text, act="remove", section=section, key=key)
        key = _field(key) if section == "reproductive" else key
        return self.part("set", section, key, {section: {key: value}})

    def measured(self, name: str, value: str, kinds: frozenset[str]) -> Setting:
        """An observation, or the result of a marker."""
        dated = _DATED.fullmatch(value)
        bare, day = dated.groups() if dated else (value, None)
        number = _NUMBER.fullmatch(bare)
        given: dict[str, Any] = {"name": name} | ({"date": day} if day else {})
        if number:
            given |= {"value": number[1]} | ({"unit": number[2]} if number[2] else {})
        if not number and bare.lower() in RESULTS and "marker" in kinds:
            return self.part("set", "biomarkers", name, {"biomarkers": [given | {"result": bare}]})
        if not number and kinds == {"marker"}:
            _refuse("a marker takes other words", self.key, f"one of: {', '.join(RESULTS)}")
        section = "biomarkers" if kinds == {"marker"} else "observations"
        return self.part("set", section, name, {section: [given if number else given | {"value": bare}]})


# --- names -----------------------------------------------------------------------------------------------------------------------------


def _kinds(name: str, vocabulary: Vocabulary, known: tuple[str, ...]) -> frozenset[str]:
    """What a measure may be; refused where neither the vocabulary nor the profile knows it."""
    measured = ("analyte", "score", "stage", "marker")
    for wording in (name, re.sub(r"^fasting | (?:level|value|result|count)$", "", name, flags=re.IGNORECASE)):
        if found := frozenset(vocabulary[one].kind for one in vocabulary.find(wording)).intersection(measured):
            return found
    if folded(name) not in map(folded, known):
        entries = [entry for entry in vocabulary.entries.values() if entry.kind in measured]
        wordings = (wording for entry in entries for wording in (entry.name, *entry.synonyms) if "{" not in wording)
        _refuse(f"no measure is called `{name}`", name, _nearest(name, (*FIELDS, *Reproductive.model_fields, *wordings)))
    return frozenset({"analyte"})


def _nearest(word: str, among: Iterable[str]) -> str:
    near = nearest(word, among, _NEAR)
    return f"did you mean `{near[0]}`?" if near else _FORMS


def _refuse(title: str, key: str, hint: str) -> NoReturn:
    raise InputError(Diagnostic(title=f"{title}" if f"`{key}`" in title or not key else f"{title}: `{key}`", source=OPTION, hint=hint))
