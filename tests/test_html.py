"""The page of a report: whole, self-contained, and with nothing of a profile or a record read as markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from conftest import TOP

from eligimatch import api
from eligimatch.cli import main
from eligimatch.model.finding import Evidence
from eligimatch.model.span import Span
from eligimatch.model.verdict import Status
from eligimatch.report.facts import Judged, fact, questions
from eligimatch.report.html import ACROSS, page, words
from eligimatch.report.underline import segments

PATIENTS = sorted((TOP / "patients").glob("*.yaml"))
TRIALS = [api.read_trial(path) for path in sorted((TOP / "rules").glob("*.yaml"))]
VOID = {"meta", "input", "col", "br"}
HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onmouseover='alert(1)", "</style></title></table>", "{{ 7 * 7 }}", "&lt;b&gt;",
    "עברית \u202eمريض\u202c", "👩🏽‍⚕️ 🏥", "x" * 400, "javascript:alert(1)", "]]><!--",
]  # fmt: skip


class Element(NamedTuple):
    """An element as it begins: its name, attributes, and the text inside."""

    name: str
    attributes: dict[str, str]
    text: list[str]


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed by its own end, every attribute is there once."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.opened: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        element = Element(tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in VOID:
            self.opened.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self.opened:
            element.text.append(data)


def read(text: str) -> list[Element]:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.opened == []
    return reader.elements


def judged(*profiles: Path | Mapping[str, object]) -> Iterator[Judged]:
    for given in profiles:
        profile = api.load_profile(given)
        yield Judged(profile, api.check(profile, TRIALS, "2026-03-02"))


def texts(elements: list[Element], name: str, of: str = "") -> list[str]:
    return ["".join(element.text) for element in elements if element.name == name and of in [*element.attributes.get("class", "").split(), ""]]


@pytest.fixture(scope="module")
def all_patients() -> str:
    return "".join(page(judged(*PATIENTS)))


@pytest.fixture(scope="module")
def elements(all_patients: str) -> list[Element]:
    """Those of the page of all patients."""
    return read(all_patients)


def test_a_page_is_well_formed_and_names_nothing_twice(all_patients: str, elements: list[Element]) -> None:
    assert all_patients.startswith("<!doctype html>\n<html lang=")
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in elements:
        target = element.attributes.get("href", "#top")
        assert target[0] == "#"
        assert target[1:] in ids


def test_a_page_asks_for_nothing_from_elsewhere(all_patients: str, elements: list[Element]) -> None:
    assert not {element.name for element in elements} & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "video"}
    assert not {name for element in elements for name in element.attributes if name.startswith("on") or name in {"src", "style", "srcset", "action"}}
    assert re.search(r"https?:|//[a-z]|url\(|@import|@font-face", all_patients) is None
    assert "default-src 'none'" in next(element.attributes["content"] for element in elements if "http-equiv" in element.attributes)


def test_every_table_has_a_caption_and_headings_go_down_step_by_step(elements: list[Element]) -> None:
    names = [element.name for element in elements]
    assert names.count("caption") == names.count("table") > len(PATIENTS) * len(TRIALS)
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for cell in (element for element in elements if element.name == "th"):
        assert cell.attributes["scope"] in {"col", "row", "rowgroup"}


def test_every_word_of_every_criterion_is_there() -> None:
    (one,) = judged(PATIENTS[0])
    elements = read("".join(page([one])))
    shown = texts(elements, "p", "text")
    reasons = texts(elements, "p", "reason")
    for trial in one.report.trials:
        for finding in trial.criteria:
            assert finding.text in shown
            assert finding.reason in reasons
    assert len(shown) == sum(len(trial.criteria) for trial in one.report.trials)


def test_every_person_and_trial_has_a_part_with_its_verdict(elements: list[Element]) -> None:
    parts = {
        element.attributes["id"]: "".join(element.text)
        for element in elements
        if element.name in {"section", "article"} and "id" in element.attributes
    }
    for number, one in enumerate(judged(*PATIENTS), 1):
        assert one.name in parts[f"p{number}"]
        for at, trial in enumerate(one.report.trials, 1):
            part = parts[f"p{number}-t{at}"]
            assert trial.trial in part
            assert trial.verdict in part
            assert all(ask.fact in part for ask in trial.ask)


def test_the_words_of_each_leaf_are_underlined_and_nothing_else() -> None:
    for one in judged(*PATIENTS[:6]):
        for finding in (finding for trial in one.report.trials for finding in trial.criteria):
            shown = words(finding)
            spans = list(dict.fromkeys(trace.span for trace in finding.trace))
            assert "".join(segment.text for segment in shown.segments) == finding.text
            for n, span in enumerate(spans):
                assert "".join(segment.text for segment in shown.segments if n in dict(segment.marks)) == finding.text[span.start : span.end]


def test_an_underline_says_what_its_words_came_to() -> None:
    person = {"id": "A", "birth_date": "1990-01-01", "sex": "female", "reproductive": {"breastfeeding": False}}
    (one,) = judged(person)
    trial = next(trial for trial in one.report.trials if trial.trial == "NCT05255926")
    either = next(finding for finding in trial.criteria if finding.id == "E1")
    elements = read(
        "".join(page([Judged(one.profile, one.report.model_copy(update={"trials": (trial.model_copy(update={"criteria": (either,)}),)}))]))
    )
    marked = {"".join(element.text): element.attributes["class"].split()[0] for element in elements if element.name == "u"}
    assert {text: marked[text] for text in ("pregnancy", "breastfeeding")} == {"pregnancy": "unknown", "breastfeeding": "false"}
    assert [element.attributes["data-n"] for element in elements if "data-n" in element.attributes] == ["1", "2"]


def test_lines_of_overlapping_words_never_cover_each_other() -> None:
    text = "no cancer of the lung or of the breast"
    spans = [Span(3, 21), Span(0, 38), Span(25, 38), Span(3, 9)]
    drawn: dict[int, int] = {}
    pieces = segments(text, spans)
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        levels = [level for _, level in piece.marks]
        assert levels == sorted(set(levels), reverse=True)
        drawn |= dict(piece.marks)
    assert drawn == {3: 0, 2: 0, 0: 1, 1: 2}
    for one, other in combinations(range(len(spans)), 2):
        apart = spans[one].end <= spans[other].start or spans[other].end <= spans[one].start
        assert apart or drawn[one] != drawn[other]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_profile_says_is_never_markup(name: str, elements: list[Element]) -> None:
    person = {
        "id": name,
        "sex": "female",
        "conditions": [{"name": "lung cancer", "note": name}, {"name": name}],
        "allergies": [{"substance": name, "reaction": name}],
        "statements": {name: True, "signed informed consent": True},
    }
    plain = {"id": "A", "sex": "female", "conditions": [{"name": "lung cancer"}]}
    made = read("".join(page(judged(person, plain))))
    assert {element.name for element in made} <= {element.name for element in elements}
    assert not {key for element in made for key in element.attributes if key.startswith("on")}
    said = " ".join(name.split())
    assert said in texts(made, "h2")[1]
    assert f"conditions: lung cancer, note {said}" in texts(made, "p", "fact")


def test_what_a_record_says_is_never_markup() -> None:
    record = {"id": "<b>X1</b>", "title": "<script>title</script>", "eligibility": 'Inclusion Criteria:\n\n* ALT <b < 3 x ULN> & "AST" > 5 U/L\n'}
    trial = api.compile_trial(api.load_trial(record))
    profile = api.load_profile({"id": "A"})
    elements = read("".join(page([Judged(profile, api.check(profile, [trial]))])))
    assert "script" not in {element.name for element in elements}
    assert "X1" not in texts(elements, "b")
    assert "<b>X1</b>" in " ".join(texts(elements, "h3"))
    assert texts(elements, "p", "title") == ["<script>title</script>"]
    assert texts(elements, "p", "text") == ['ALT <b < 3 x ULN> & "AST" > 5 U/L']


def test_only_sets_the_boxes_and_leaves_nothing_out() -> None:
    (one,) = judged(PATIENTS[0])
    few, every = ("".join(page([one], only)) for only in ([Status.FAILED], list(Status)))
    boxes = {
        element.attributes["id"]: "checked" in element.attributes
        for element in read(few)
        if element.name == "input"
    }  # fmt: skip
    assert boxes == {
        "show-failed": True, "show-unknown": False, "show-matched": False, "show-eligible": True, "show-undetermined": True, "show-ineligible": True,
    }  # fmt: skip
    assert few.replace(" checked", "") == every.replace(" checked", "")


def test_each_box_hides_what_it_names() -> None:
    style = "".join(page(judged(PATIENTS[0])))
    for status, verdict in zip(("failed", "unknown", "matched"), ("eligible", "undetermined", "ineligible"), strict=True):
        assert f"body:has(#show-{status}:not(:checked)) tbody.{status} {{ display: none; }}" in style
        assert f"body:has(#show-{verdict}:not(:checked)) :is(article, .trials tr).{verdict} {{ display: none; }}" in style


def test_colours_can_be_told_from_their_paper() -> None:
    """At least 4.5 to 1 for every text colour on every paper that it is used on (WCAG 2.2, 1.4.3)."""
    style = (TOP / "src/eligimatch/report/templates/page.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2])
    assert len(light) == len(dark)
    for tones in (light, dark):
        for text in ("ink", "quiet", "link", "good", "bad", "open", "mark"):
            assert min(contrast(tones[text], tones[paper]) for paper in ("paper", "raised")) >= 4.5
        for text in ("good", "bad", "open"):
            assert contrast(tones[text], tones[f"{text}-paper"]) >= 4.5
        assert contrast(tones["ink"], tones["notice"]) >= 4.5


def contrast(one: str, other: str) -> float:
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_many_trials_stand_in_several_tables() -> None:
    (one,) = judged(PATIENTS[0])
    many = Judged(one.profile, one.report.model_copy(update={"trials": one.report.trials * 3}))
    elements = read("".join(page([many, many])))
    captions = [caption for caption in texts(elements, "caption") if caption.startswith("Each patient's verdict")]
    assert len(captions) == -(-3 * len(TRIALS) // ACROSS)


def test_facts_are_said_as_a_person_writes_them() -> None:
    limited = {"system": "VALG", "value": "limited"}
    profile = api.load_profile(
        {
            "birth_date": "1959-05-14",
            "conditions": [{"name": "lung cancer", "stage": [limited], "evidence": ["histology", "imaging"], "onset": "2026-02"}],
            "observations": [{"name": "ALT", "value": 31, "unit": "U/L", "date": "2026-03-01", "uln": 40}],
            "treatments": [{"name": "cisplatin", "dose": 75, "unit": "mg/m2", "for": "lung cancer"}],
            "statements": {"signed informed consent": True},
            "reproductive": {"breastfeeding": False},
            "never": ["vitiligo"],
        }
    )  # fmt: skip
    said = {
        ("birth_date", None): "birth date: 1959-05-14",
        ("conditions", 0): "conditions: lung cancer, onset 2026-02, evidence histology, imaging, stage VALG limited",
        ("observations", 0): "observations: ALT 31 U/L, date 2026-03-01, uln 40",
        ("treatments", 0): "treatments: cisplatin 75 mg/m2, for lung cancer",
        ("statements", 0): "statements: signed informed consent: yes",
        ("reproductive", 1): "reproductive: breastfeeding: no",
        ("never", 0): "never: vitiligo",
    }
    for (section, index), words_ in said.items():
        assert fact(profile, Evidence(section=section, index=index)) == words_


def test_what_most_criteria_wait_for_is_asked_first_and_ineligible_trials_ask_nothing() -> None:
    for one in judged(*PATIENTS):
        asked = questions(one.report.trials)
        counts = [question.criteria for question in asked]
        assert counts == sorted(counts, reverse=True)
        waiting = {trial for question in asked for trial, _ in question.waiting}
        assert waiting == {trial.trial for trial in one.report.trials if trial.verdict == "undetermined"}


def test_the_command_writes_the_page_to_a_file_or_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    arguments = ["check", str(PATIENTS[0]), "--trials", str(TOP / "rules"), "--format", "html"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert main([*arguments, "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert out.read_bytes() == shown.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert out.stat().st_mode & 0o077 == 0


def test_a_file_is_written_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.html"
    out.write_text("before")

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("eligimatch.api.check", broken)
    for shape in ("html", "json", "table", "xlsx"):
        assert main(["check", str(PATIENTS[0]), "--format", shape, "--out", str(out)]) == 1
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert capsys.readouterr().out == ""


def test_a_place_that_takes_no_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for out, said in ((tmp_path, "no file to write to"), (tmp_path / "nowhere" / "report.html", "cannot write here")):
        assert main(["check", str(PATIENTS[0]), "--format", "html", "--out", str(out)]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert said in shown.err
        assert "--out" in shown.err


def test_the_same_words_go_to_a_file_as_to_a_pipe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for shape in ("table", "json"):
        arguments = ["check", *map(str, PATIENTS[:2]), "--format", shape]
        assert main(arguments) == 0
        shown = capsys.readouterr().out
        assert main([*arguments, "--out", str(tmp_path / shape)]) == 0
        assert (tmp_path / shape).read_text(encoding="utf-8") == shown
