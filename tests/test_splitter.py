"""A record's eligibility text is split into bullets, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eligimatch.compiler.normaliser import clean
from eligimatch.compiler.splitter import split
from eligimatch.model.outline import Bullet, Outline

TOP = Path(__file__).parent.parent
CASES = yaml.safe_load((TOP / "tests" / "corpus" / "splitter.yaml").read_text(encoding="utf-8"))


def drawn(outline: Outline, *, asides: bool) -> Iterator[str]:
    """The outline as tests/corpus/splitter.yaml writes it."""
    for side, bullets in (("I", outline.inclusion), ("E", outline.exclusion)):
        for bullet in bullets:
            yield from _bullet(bullet, side, "")
    if outline.missing:
        yield f"missing {', '.join(outline.missing)}"
    if asides:
        yield from (f"-- {aside.kind} {aside.text}" for aside in outline.asides)


def _bullet(bullet: Bullet, side: str, indent: str) -> Iterator[str]:
    marks = (
        f"{{{bullet.group}}}" if bullet.group else "",
        f"<{bullet.context}>" if bullet.context else "",
        "~" if bullet.loose else "",
        "|" if bullet.any_of else "",
    )
    yield indent + " ".join(filter(None, (side + bullet.number, *marks, bullet.text)))
    for child in bullet.children:
        yield from _bullet(child, side, indent + "  ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_record_is_split_as_expected(case: dict[str, str]) -> None:
    outline = split(case["text"])
    assert list(drawn(outline, asides="--" in case["outline"])) == case["outline"].splitlines()


# --- laws ------------------------------------------------------------------------------------------------------------------

PIECES = [
    *("", "", "Inclusion Criteria:", "EXCLUSION CRITERIA", "* ", "OR", "Cohort A:", "Age:", "None", "Patients must have:", "Withdrawal criteria:"),
    *("1. gout 2. asthma", "  * one of the following:", "as follows: a) x b) y c) z", "    i. first ii. second", "• • x", "a.", "E. coli"),
    *("- Note: as above", "Cohort B: gout", "Patients with any of the following conditions are excluded:"),
]
LINES = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.text(max_size=40),
        st.from_regex(r" {0,8}(\*|-|o|•|\d{1,2}\.|[a-d]\)|iv\.) [\w ,;:.]{0,30}", fullmatch=True),
    ),
    max_size=30,
).map("\n".join)


def characters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


def everything(outline: Outline) -> Iterator[str]:
    for bullet in bullets(outline):
        yield bullet.marker
        yield bullet.text
    for aside in outline.asides:
        yield aside.text


def bullets(outline: Outline) -> Iterator[Bullet]:
    queue = [*outline.inclusion, *outline.exclusion]
    while queue:
        bullet = queue.pop()
        yield bullet
        queue.extend(bullet.children)


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_nothing_is_lost_and_nothing_is_invented(text: str) -> None:
    assert characters("".join(everything(split(text)))) == characters(clean(text))


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_each_bullet_has_a_number_of_its_own_and_words_on_one_line(text: str) -> None:
    outline = split(text)
    for side in (outline.inclusion, outline.exclusion):
        numbers = [bullet.number for bullet in bullets(Outline(side))]
        assert len(numbers) == len(set(numbers))
    for bullet in bullets(outline):
        assert "\n" not in bullet.text
        assert bullet.text or bullet.any_of
        assert 1 <= bullet.line <= text.count("\n") + 1 or any(sign in text for sign in "\r\x0b\x0c\x85\u2028\u2029<")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_cleaning_what_is_clean_changes_nothing_of_plain_words(text: str) -> None:
    plain = "".join(sign for sign in text if sign.isalnum() or sign == " ")
    if plain.isascii():
        assert clean(plain) == plain


@pytest.mark.parametrize(
    "text", ["* " * 20_000, "(" * 20_000, "a, " * 20_000, "\n".join("  " * n + "* x" for n in range(400)), "1. " * 20_000, "\\" * 20_000]
)
def test_text_of_any_shape_is_split_at_once(text: str) -> None:
    assert characters("".join(everything(split(text)))) == characters(clean(text))


def test_the_record_that_lost_its_first_bullets_says_so() -> None:
    record = yaml.safe_load((TOP / "rules" / "K8454.yaml").read_text(encoding="utf-8"))
    outline = split(record["eligibility"])
    assert outline.missing == ("I1", "E1")
    assert [bullet.number for bullet in outline.inclusion] == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("trial", "inclusion", "exclusion"),
    [("NCT07316309", 6, 3), ("NCT04504526", 3, 3), ("NCT05255926", 4, 5), ("NCT07026669", 7, 11), ("K8454", 3, 3)],
)
def test_the_five_records_have_as_many_bullets_as_their_pages(trial: str, inclusion: int, exclusion: int) -> None:
    outline = split(yaml.safe_load((TOP / "rules" / f"{trial}.yaml").read_text(encoding="utf-8"))["eligibility"])
    assert (len(outline.inclusion), len(outline.exclusion)) == (inclusion, exclusion)
    assert not any(bullet.children for bullet in (*outline.inclusion, *outline.exclusion))


def test_several_studied_diseases_that_head_lists_are_groups() -> None:
    text = "Inclusion Criteria:\n\n* Age ≥ 18 years\n* Glaucoma: pressure above 21 mm Hg\n* Cataract: planned surgery\n"
    alone = ["", "", ""]
    assert [bullet.group for bullet in split(text, ["Glaucoma", "Cataract"]).inclusion] == ["", "Glaucoma", "Cataract"]
    assert [bullet.group for bullet in split(text, ["Glaucoma"]).inclusion] == alone
    assert [bullet.group for bullet in split(text).inclusion] == alone
