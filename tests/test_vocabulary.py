"""The vocabulary: each entry is found by its words, its facts have the right shape, and its families are the field's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import get_args

import pytest
import yaml

from eligimatch.kept import language
from eligimatch.model.concept import Entry, Kind
from eligimatch.model.vocabulary import Vocabulary
from eligimatch.sources.units import read_units
from eligimatch.sources.vocabulary import load, read_vocabulary

GRAMMAR = Path(__file__).parent.parent / "grammar"
FILES = sorted((GRAMMAR / "vocabulary").rglob("*.yaml"))
FAMILIES = yaml.safe_load((Path(__file__).parent / "corpus" / "families.yaml").read_text(encoding="utf-8"))
CODES = {
    "ICD-10-CM": r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?",
    "ATC": r"[A-DGHJ-NPR-SV]\d\d([A-Z]([A-Z](\d\d)?)?)?",
    "LOINC": r"\d{1,5}-\d",
    "NCIt": r"C\d{3,6}",
    "SNOMED CT": r"\d{6,18}",
    "HGNC": r"HGNC:\d{1,5}",
    "RxNorm": r"\d{1,7}",
}
DEPENDS = {
    *("route", "purpose", "dose", "site", "technique", "combination", "marker", "grade", "extent", "risk", "response", "cause", "time", "age"),
}
CROSSING = {("operation", "treatment"), ("operation", "procedure"), ("procedure", "operation")}


@cache
def vocabulary() -> Vocabulary:
    return read_vocabulary(GRAMMAR)


def entries(fact: str = "") -> Iterator[Entry]:
    """The entries that have a fact."""
    return (entry for entry in vocabulary().entries.values() if not fact or entry.facts.get(fact) is not None)


# --- files and names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GRAMMAR / "vocabulary")))
def test_a_file_says_what_it_names_and_where_its_facts_come_from(path: Path) -> None:
    document = load(path)
    if "concepts" in document:
        assert document["reference"].strip()
        assert document["kind"] in get_args(Kind)
    else:
        assert path.name in ("units.yaml", "wordings.yaml")


def test_every_entry_has_a_kind_and_a_reference() -> None:
    assert [entry.name for entry in entries() if entry.kind not in get_args(Kind) or not entry.reference.strip()] == []


def test_a_name_stands_in_one_file_only() -> None:
    counted = Counter(name for path in FILES for name in load(path).get("concepts") or ())
    assert [name for name, count in counted.items() if count > 1] == []


def test_each_name_and_synonym_is_found() -> None:
    lost = [(entry.name, said) for entry in entries() for said in (entry.name, *entry.synonyms) if entry.name not in vocabulary().find(said)]
    assert lost == []


def test_a_wording_means_one_concept_of_a_kind() -> None:
    kinds = vocabulary().entries
    shared = {" ".join(phrase): names for phrase, names in vocabulary().phrases.items() if len(names) > len({kinds[name].kind for name in names})}
    assert shared == {}


# --- families ---------------------------------------------------------------------------------------------------------------


def test_each_parent_is_an_entry_of_the_same_kind() -> None:
    for entry in entries():
        for parent in entry.parents:
            assert parent in vocabulary(), f"{entry.name}: {parent}"
            pair = (entry.kind, vocabulary()[parent].kind)
            assert pair[0] == pair[1] or pair in CROSSING, f"{entry.name}: {parent}"


def test_nothing_is_a_kind_of_itself() -> None:
    done: set[str] = set()
    for start in vocabulary().entries:
        path: list[str] = []
        climb(start, path, done)


def climb(name: str, path: list[str], done: set[str]) -> None:
    """Walks up to the roots; a name met again on the way is a cycle."""
    assert name not in path, " > ".join([*path, name])
    if name not in done:
        for parent in vocabulary()[name].parents:
            climb(parent, [*path, name], done)
        done.add(name)


@pytest.mark.parametrize(("family", "members"), FAMILIES["members"].items())
def test_a_class_has_its_members(family: str, members: list[str]) -> None:
    assert family in vocabulary()
    assert [name for name in members if not vocabulary().is_a(name, family)] == []


@pytest.mark.parametrize(("family", "others"), FAMILIES["strangers"].items())
def test_a_class_has_no_strangers(family: str, others: list[str]) -> None:
    assert family in vocabulary()
    assert [name for name in others if name not in vocabulary() or vocabulary().is_a(name, family)] == []


@pytest.mark.parametrize(("wording", "name"), FAMILIES["wordings"].items())
def test_a_wording_is_linked_to_its_concept(wording: str, name: str) -> None:
    assert vocabulary().find(wording)[:1] == (name,)


@pytest.mark.parametrize(("fact", "names"), FAMILIES["facts"].items())
def test_a_concept_bears_its_fact(fact: str, names: list[str]) -> None:
    assert [name for name in names if not vocabulary()[name].facts.get(fact)] == []


# --- facts ------------------------------------------------------------------------------------------------------------------


def test_codes_have_the_shape_of_their_system() -> None:
    codes = [(system, code, entry.name) for entry in entries() for system, codes in entry.codes.items() for code in codes]
    assert [each for each in codes if not re.fullmatch(CODES[each[0]], each[1])] == []


def test_a_loinc_code_ends_in_its_check_digit() -> None:
    codes = [code for entry in entries() for code in entry.codes.get("LOINC", ())]
    assert [code for code in codes if luhn(code.partition("-")[0]) != int(code[-1])] == []


def luhn(digits: str) -> int:
    """The check digit of a number (mod 10, as LOINC uses it)."""
    doubled = [sum(divmod(2 * int(digit), 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(digits))]
    return -sum(doubled) % 10


def test_bounds_are_in_order() -> None:
    assert [
        entry.name for entry in entries("bounds") if len(entry.facts["bounds"]) != 2 or not entry.facts["bounds"][0] < entry.facts["bounds"][1]
    ] == []


def test_what_is_adequate_and_what_is_illest_are_values_of_the_scale() -> None:
    for entry in entries("adequate"):
        adequate, worst = map(float, entry.facts["adequate"])
        scale = [float(value) for value in entry.facts.get("bounds") or entry.facts["values"]]
        assert scale[0] <= adequate <= scale[-1], entry.name
        assert adequate != worst, entry.name


def test_no_number_without_a_unit_is_of_two_units() -> None:
    units = read_units(GRAMMAR)
    for entry in entries("bare"):
        ranges = sorted(entry.facts["bare"].values())
        assert all(before[1] < after[0] for before, after in pairwise(ranges)), entry.name
        assert entry.facts["bare"].keys() <= units.units.keys(), entry.name


def test_a_molar_mass_is_that_of_an_atom_or_a_molecule() -> None:
    assert [entry.name for entry in entries("molar_mass") if not 1 <= entry.facts["molar_mass"] <= 1_000_000] == []


def test_a_unit_is_of_a_number_and_known() -> None:
    units = read_units(GRAMMAR)
    assert [entry.name for entry in entries("unit") if entry.kind not in ("analyte", "score") or entry.facts["unit"] not in units.units] == []


def test_a_scale_has_values_or_bounds() -> None:
    scales = [entry for entry in entries() if entry.kind in ("score", "stage")]
    bare = [entry.name for entry in scales if not {"values", "bounds", "results"} & entry.facts.keys()]
    assert bare == []
    assert [entry.name for entry in entries("values") if len(set(entry.facts["values"])) != len(entry.facts["values"])] == []


def test_facts_of_few_values_have_one_of_them() -> None:
    assert [entry.name for entry in entries("sex") if entry.facts["sex"] not in ("female", "male")] == []
    assert [entry.name for entry in entries("better") if entry.facts["better"] not in ("low", "high")] == []
    assert [entry.name for entry in entries("depends") if not set(re.split(r"[ ,]+", entry.facts["depends"])) <= DEPENDS] == []
    assert [entry.name for entry in entries("half_life") if not re.fullmatch(r"\d+(\.\d+)? (min|h|d|wk|y)", entry.facts["half_life"])] == []


def test_facts_that_name_other_concepts_name_known_ones() -> None:
    named = [(entry.name, other) for fact in ("may", "either", "members", "also_for") for entry in entries(fact) for other in entry.facts[fact]]
    named += [(entry.name, other) for entry in entries("proves") for other in entry.facts["proves"].values()]
    named += [(entry.name, other) for entry in entries("equals") for other in entry.facts["equals"]]
    named += [(entry.name, entry.facts["means"]["concept"]) for entry in entries("means")]
    named += [(entry.name, entry.facts[fact]) for fact in ("count", "size", "against") for entry in entries(fact)]
    assert [pair for pair in named if pair[1] not in vocabulary()] == []


def test_no_wording_multiplies_out_into_a_language_of_its_own() -> None:
    """A wording with many alternatives is as many phrases as all of them multiplied; the lexicon is made of each."""
    words = language().vocabulary.words
    for wording in (one for meanings in words.values() for wordings in meanings.values() for one in wordings.split(";")):
        phrases = prod(part.count("|") + 1 for part in re.findall(r"\{([^}]*)\}", wording))
        assert phrases <= 20_000, wording
