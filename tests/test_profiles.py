"""Profiles: what reads, and the message for each kind of input that cannot be read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligimatch.kept import language
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.model.profile import Profile
from eligimatch.sources.profiles import load_profile

PRIVATE = "zebra"
"""Stands for a patient's data: no message may repeat it."""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "patient.yaml"


def refused(source: Path | dict[str, Any]) -> Diagnostic:
    with pytest.raises(InputError) as caught:
        load_profile(source, language().units)
    return caught.value.diagnostic


def refused_text(path: Path, text: str) -> Diagnostic:
    path.write_text(text, encoding="utf-8")
    diagnostic = refused(path)
    assert diagnostic.source == str(path)
    assert PRIVATE not in diagnostic.model_dump_json()
    return diagnostic


def loaded(path: Path, text: str) -> Profile:
    path.write_text(text, encoding="utf-8")
    return load_profile(path, language().units)


# --- what reads ------------------------------------------------------------------------------------------------------------------------


def test_yaml_json_and_a_mapping_give_the_same_profile(written: Path, tmp_path: Path) -> None:
    data = {"id": "P-1", "as_of": "2026-03-02", "conditions": [{"name": "asthma", "onset": "2019-05", "course": ["stable"]}]}
    as_json = tmp_path / "patient.json"
    as_json.write_text(json.dumps(data, indent=1), encoding="utf-8")
    as_yaml = loaded(written, "id: P-1\nas_of: 2026-03-02\nconditions:\n  - {name: asthma, onset: 2019-05, course: stable}\n")
    assert as_yaml == load_profile(as_json) == load_profile(data)


@pytest.mark.parametrize("word", ["yes", "'yes'", "true", "True", "'true'"])
def test_yes_and_true_quoted_or_not_mean_the_same(written: Path, word: str) -> None:
    profile = loaded(written, f"statements:\n  informed consent: {word}\nreproductive: {{pregnant: {word}}}\n")
    assert profile.statements == {"informed consent": True}
    assert profile.reproductive.pregnant is True


def test_words_that_yaml_takes_for_something_else_stay_words(written: Path) -> None:
    profile = loaded(written, "id: 012\nconditions:\n  - {name: NO}\nobservations:\n  - {name: x, value: 012}\n  - {name: y, value: 1:30}\n")
    assert profile.id == "012"
    assert profile.conditions[0].name == "NO"
    assert [seen.value for seen in profile.observations] == [12.0, "1:30"]


def test_a_value_is_a_number_a_word_or_a_comparator(written: Path) -> None:
    profile = loaded(written, "observations:\n  - {name: a, value: 6.2}\n  - {name: b, value: negative}\n  - {name: c, value: '<20'}\n")
    assert [seen.value for seen in profile.observations] == [6.2, "negative", "<20"]


def test_a_date_may_be_a_month_or_a_year(written: Path) -> None:
    onset = loaded(written, "conditions:\n  - {name: asthma, onset: 2019-02}\n").conditions[0].onset
    assert onset == (date(2019, 2, 1), date(2019, 2, 28))


def test_an_empty_section_says_nothing(written: Path) -> None:
    assert loaded(written, "conditions:\ntreatments: []\n") == Profile()


def test_sections_with_free_keys_take_any(written: Path) -> None:
    profile = loaded(written, "planned: {leukapheresis: 2026-03-10}\ngroups: {phase: 1b, cohort: 2}\nstatements: {able to fast: no}\n")
    assert profile.groups == {"phase": "1b", "cohort": "2"}
    assert profile.statements == {"able to fast": False}


# --- what does not -----------------------------------------------------------------------------------------------------------------------


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key(written: Path) -> None:
    found = refused_text(written, f"id: x\nconditions:\n  - name: {PRIVATE}\n    onst: 2019\n")
    assert (found.title, found.line, found.hint) == ("unknown key `onst`", 4, "did you mean `onset`?")


def test_a_key_of_a_section_that_stands_at_the_top_is_told_its_section(written: Path) -> None:
    found = refused_text(written, "id: x\npregnant: no\n")
    assert (found.title, found.line, found.hint) == ("unknown key `pregnant`", 2, "it belongs in `reproductive`")


def test_an_unknown_section_is_named_too(written: Path) -> None:
    assert refused_text(written, "id: x\ntreatment: []\n").hint == "did you mean `treatments`?"


def test_malformed_yaml(written: Path) -> None:
    found = refused_text(written, f"id: x\nconditions: [\n  - {PRIVATE}: b\n")
    assert found.title == "malformed YAML"
    assert found.line == 3


def test_malformed_json(tmp_path: Path) -> None:
    found = refused_text(tmp_path / "p.json", f'{{"id": "{PRIVATE}",,\n}}')
    assert (found.title, found.line) == ("malformed JSON", 1)


def test_an_impossible_date(written: Path) -> None:
    found = refused_text(written, f"conditions:\n  - name: {PRIVATE}\n    onset: 2026-02-30\n")
    assert (found.title, found.line) == ("impossible date in `conditions.0.onset`", 3)


def test_an_unknown_unit(written: Path) -> None:
    found = refused_text(written, f"observations:\n  - {{name: {PRIVATE}, value: 3,\n     unit: mmg/dL}}\n")
    assert (found.title, found.line, found.hint) == ("unknown unit at `observations.0.unit`", 3, "the nearest unit is `mg/dL`")


def test_a_word_that_is_not_in_the_list(written: Path) -> None:
    found = refused_text(written, f"conditions:\n  - name: {PRIVATE}\n    status: {PRIVATE}\n")
    assert found.title == "`status` takes other words"
    assert "remission" in found.hint


@pytest.mark.parametrize("text", ["conditions: asthma\n", "age: old\n", "conditions:\n  - asthma\n", "statements: [consent]\n", "as_of: 2026-03\n"])
def test_a_wrong_type(written: Path, text: str) -> None:
    found = refused_text(written, text)
    assert found.line in (1, 2)
    assert found.hint


def test_a_missing_name(written: Path) -> None:
    assert refused_text(written, "conditions:\n  - {status: active}\n").title == "`name` is missing"


def test_neither_yes_nor_no(written: Path) -> None:
    assert refused_text(written, "statements:\n  informed consent: perhaps\n").hint == "yes or no is needed"


def test_a_key_that_stands_twice(written: Path) -> None:
    found = refused_text(written, "id: a\nage: 40\nid: b\n")
    assert (found.title, found.line) == ("key `id` stands twice", 3)


def test_several_documents(written: Path) -> None:
    assert refused_text(written, "id: a\n---\nid: b\n").title == "several documents in one file"


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file(written: Path, text: str) -> None:
    assert refused_text(written, text).title == "empty file"


def test_no_mapping(written: Path) -> None:
    assert refused_text(written, "- a\n- b\n").title == "not a profile"


def test_an_alias_bomb(written: Path) -> None:
    layers = "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(10))
    assert refused_text(written, "a: &a [x,x,x,x,x,x,x,x,x]\n" + layers).title == "aliases expand too far"


def test_an_alias_to_itself(written: Path) -> None:
    assert refused_text(written, "a: &a [*a]\n").line == 1


def test_deep_nesting(written: Path) -> None:
    assert refused_text(written, "a: " + "[" * 5000 + "]" * 5000).title == "nested too deeply"


def test_a_yaml_tag(written: Path) -> None:
    assert refused_text(written, "id: !!python/object:os.system x\n").title == "YAML tags are not used here"


def test_a_huge_file_is_not_even_read(written: Path) -> None:
    with written.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024)
    found = refused(written)
    assert (found.title, found.hint) == ("file is too large", "the limit is 10 MB")


def test_a_missing_file(tmp_path: Path) -> None:
    assert refused(tmp_path / "nobody.yaml").title == "no such file"
    assert refused(tmp_path).title == "a folder where a file is needed"


def test_bytes_that_are_not_utf_8(written: Path) -> None:
    written.write_bytes(b"id: x\nnote: \xff\n")
    assert refused(written).line == 2


def test_a_mapping_gives_the_same_messages_without_lines() -> None:
    found = refused({"conditions": [{"name": PRIVATE, "onst": "2019"}]})
    assert (found.title, found.line, found.hint) == ("unknown key `onst`", None, "did you mean `onset`?")
