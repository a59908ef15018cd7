"""A synthetic cohort is valid, known, correlated and the same again."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import fmean

import polars as pl
import pytest

from eligimatch import kept
from eligimatch.engine.names import ANYTHING, CONDITIONS, MARKERS, NUMBERS, PROCEDURES, SUBSTANCES, TREATMENTS, Namer
from eligimatch.model.columns import TABLES, profile_of_rows
from eligimatch.model.concept import Kind
from eligimatch.model.profile import Profile
from eligimatch.sources.cohort import open_cohort
from eligimatch.sources.synthetic.cohort import frames, write_cohort

Tables = dict[str, pl.DataFrame]
KINDS: dict[str, tuple[Kind, ...]] = {
    "conditions": CONDITIONS,
    "observations": NUMBERS,
    "biomarkers": MARKERS,
    "treatments": TREATMENTS,
    "procedures": PROCEDURES,
    "allergies": SUBSTANCES,
    "denials": ANYTHING,
}
OPEN = {
    "conditions": {
        "old records requested", "see letter of referring physician", "status as discussed with family", "unclear finding left lower quadrant",
    },
    "observations": {"clinic checklist total", "ward screening tool item four"},
    "treatments": {"own herbal mixture", "tea from pharmacy", "trial medication blinded"},
}  # fmt: skip
"""The words that no vocabulary is to know."""
SOURCE = Path(__file__).parent.parent / "src" / "eligimatch"


def share(flags: pl.Series) -> float:
    """How many of some flags are set, of those that are known."""
    return float(flags.sum() / flags.count())


@pytest.fixture(scope="module")
def cohort() -> Tables:
    blocks = list(frames(20_000, 11))
    return {name: pl.concat([block[name] for block in blocks]) for name in TABLES}


def test_each_person_is_a_valid_profile(cohort: Tables) -> None:
    persons = cohort["persons"]["person"].head(300)
    rows = {name: table.partition_by("person", as_dict=True) for name, table in cohort.items()}
    for person in persons:
        mine = {name: rows[name][person,].to_dicts() for name in TABLES if (person,) in rows[name]}
        assert Profile.model_validate(profile_of_rows(person, mine)).id == person


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_cohort(11_000, 3, tmp_path / folder)
    for name in TABLES:
        assert (tmp_path / "one" / f"{name}.parquet").read_bytes() == (tmp_path / "two" / f"{name}.parquet").read_bytes()
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(f"{name}.parquet" for name in TABLES)


def test_the_tables_are_read_without_a_row_set_aside(tmp_path: Path) -> None:
    rows = write_cohort(2_000, 5, tmp_path)
    blocks = list(open_cohort(tmp_path).blocks())
    assert sum(len(block) for block in blocks) == rows["persons"] == 2_000
    assert [len(block.rejected) for block in blocks] == [0] * len(blocks)


def test_a_smaller_cohort_is_the_beginning_of_a_larger_one(cohort: Tables) -> None:
    small = next(frames(700, 11))
    for name in TABLES:
        assert small[name].equals(cohort[name].filter(pl.col("person") <= "P-0000700")), name


def test_every_name_is_known_but_a_few_open_ones(cohort: Tables) -> None:
    namer = Namer(kept.language().vocabulary)
    for table, kinds in KINDS.items():
        names = cohort[table]["substance" if table == "allergies" else "name"]
        link = namer.measured if table in ("observations", "biomarkers") else namer.link
        assert {name for name in names.unique() if not link(name, kinds).concepts} == OPEN.get(table, set())
        assert share(names.is_in(list(OPEN.get(table, "")))) < 0.03


def test_every_unit_is_known(cohort: Tables) -> None:
    units = kept.language().units
    for table in ("observations", "biomarkers", "treatments"):
        assert [unit for unit in cohort[table]["unit"].unique().drop_nulls() if units.named(unit) is None] == []


def test_what_never_was_is_not_listed(cohort: Tables) -> None:
    vocabulary = kept.language().vocabulary
    namer = Namer(vocabulary)
    never = cohort["denials"].filter(pl.col("time") == "never")
    for name in never["name"].unique():
        concepts = {*namer.link(name, ANYTHING).concepts}
        persons = never.filter(pl.col("name") == name)["person"]
        for table in ("conditions", "treatments", "procedures"):
            kinds = {
                other for other in cohort[table]["name"].unique()
                if any(concepts & {own, *vocabulary.ancestors(own)} for own in namer.link(other, KINDS[table]).concepts)
            }  # fmt: skip
            listed = cohort[table].filter(pl.col("name").is_in(list(kinds)) & pl.col("person").is_in(persons.implode()))
            assert listed.is_empty(), f"{name}: {listed['name'].unique().to_list()}"


# --- correlations ----------------------------------------------------------------------------------------------------------------------


def having(cohort: Tables, table: str, *names: str) -> set[str]:
    return {*cohort[table].filter(pl.col("name").is_in(names))["person"]}


def measured(cohort: Tables, analyte: str, persons: set[str] | None = None) -> float:
    """The mean of an analyte among some persons, or all."""
    rows = cohort["observations"].filter(pl.col("name") == analyte)
    mean = (rows if persons is None else rows.filter(pl.col("person").is_in(list(persons))))["value"].mean()
    assert isinstance(mean, float)
    return mean


def at_stage(cohort: Tables, *stages: str) -> set[str]:
    first = cohort["conditions"]["stage"].str.extract(r"^AJCC 8: ([IV]+)")
    return {*cohort["conditions"].filter(first.is_in(stages))["person"]}


@pytest.mark.parametrize(
    ("analyte", "condition", "least", "most"),
    [
        ("HbA1c", "type 2 diabetes mellitus", 1.2, 2.5),
        ("blood glucose", "type 2 diabetes mellitus", 30, 80),
        ("eGFR", "chronic kidney disease", -60, -35),
        ("creatinine", "chronic kidney disease", 0.7, 2.5),
        ("systolic blood pressure", "hypertension", 8, 25),
        ("LVEF", "heart failure", -24, -12),
        ("body mass index", "obesity", 6, 14),
        ("hemoglobin", "iron deficiency anemia", -3.5, -1.2),
    ],
)
def test_a_value_follows_from_a_disease(cohort: Tables, analyte: str, condition: str, least: float, most: float) -> None:
    ill = having(cohort, "conditions", condition)
    well = {*cohort["persons"]["person"]} - ill
    assert least < measured(cohort, analyte, ill) - measured(cohort, analyte, well) < most


def test_chemotherapy_shows_in_the_blood(cohort: Tables) -> None:
    platinum = pl.col("name").is_in(["carboplatin", "cisplatin", "oxaliplatin"])
    treated = {*cohort["treatments"].filter(platinum & (pl.col("status") == "ongoing"))["person"]}
    for analyte, least, most in (("platelet count", 0.5, 0.75), ("ANC", 0.4, 0.7), ("hemoglobin", 0.65, 0.85)):
        assert least < measured(cohort, analyte, treated) / measured(cohort, analyte) < most


def test_performance_worsens_with_stage(cohort: Tables) -> None:
    early, late = at_stage(cohort, "I", "II"), at_stage(cohort, "IV")
    assert 0.4 < measured(cohort, "ECOG", late) - measured(cohort, "ECOG", early) < 1.2
    spread = having(cohort, "conditions", "liver metastases", "bone metastases", "lung metastases", "brain metastases")
    assert len(early & spread) <= len(late & spread) * 0.02


def test_smoking_goes_with_lung_cancer(cohort: Tables) -> None:
    habits = cohort["observations"].filter(pl.col("name") == "smoking status")
    lung = having(cohort, "conditions", "squamous cell lung cancer", "small cell lung cancer")
    smoked = habits["value_text"] != "never"
    assert 0.7 < share(smoked.filter(habits["person"].is_in(list(lung)))) < 0.95
    assert share(smoked) < 0.5


def test_a_targeted_drug_goes_with_its_marker(cohort: Tables) -> None:
    marks = cohort["biomarkers"]
    for drugs, marker, result in ((("osimertinib", "gefitinib"), "EGFR", "wild-type"), (("trastuzumab", "pertuzumab"), "HER2", "negative")):
        other = {*marks.filter((pl.col("name") == marker) & (pl.col("result") == result))["person"]}
        given = having(cohort, "treatments", *drugs)
        assert given
        assert not given & other


def test_sex_and_age_fit(cohort: Tables) -> None:
    persons = cohort["persons"]
    men = {*persons.filter(pl.col("sex") == "male")["person"]}
    assert not men & {*persons.filter(pl.col("pregnant") | pl.col("childbearing_potential"))["person"]}
    assert not men & having(cohort, "conditions", "ovarian cancer", "cervical cancer", "pregnancy")
    assert having(cohort, "conditions", "prostate cancer") <= men | {*persons.filter(pl.col("sex").is_null())["person"]}
    assert persons.filter(pl.col("postmenopausal") & pl.col("childbearing_potential")).is_empty()
    assert 0.44 < len(men) / len(persons) < 0.5
    assert 0.06 < len(having(cohort, "observations", "ECOG")) / len(persons) < 0.16


def test_no_day_lies_after_the_day_of_judgement(cohort: Tables) -> None:
    now = cohort["persons"]["as_of"][0]
    treatments = cohort["treatments"]
    assert treatments.filter(pl.col("end") < pl.col("start")).is_empty()
    assert treatments.filter((pl.col("start") > now) | (pl.col("end") > now)).is_empty()
    assert cohort["observations"].filter(pl.col("date") > now).is_empty()
    assert cohort["planned"].filter(pl.col("date") <= now).is_empty()
    born = cohort["observations"].join(cohort["persons"].select("person", "birth_date"), on="person")
    assert born.filter(pl.col("date") < pl.col("birth_date")).is_empty()


def test_about_a_third_of_what_recruiting_needs_is_missing(cohort: Tables) -> None:
    cancers = cohort["conditions"].filter(pl.col("stage").is_not_null() | pl.col("course").is_not_null())
    lines = cohort["treatments"].filter(pl.col("name").is_in(["carboplatin", "pemetrexed", "docetaxel", "doxorubicin"]))
    columns = [*(cancers[name] for name in ("onset", "evidence", "stage")), *(lines[name] for name in ("line", "intent"))]
    assert 0.2 < fmean(share(column.is_null()) for column in columns) < 0.45
    lengths = cohort["conditions"]["onset"].drop_nulls().str.len_chars()
    assert 0.08 < share(lengths == 7) < 0.16
    assert 0.08 < share(lengths == 4) < 0.17
    assert cohort["observations"]["value_text"].str.starts_with("<").sum() > 100


def test_a_person_has_about_thirty_rows(cohort: Tables) -> None:
    assert 25 < sum(len(table) for table in cohort.values()) / len(cohort["persons"]) < 35


def test_nothing_but_its_command_uses_it() -> None:
    importing = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if re.search(r"(?:from|import) \S*synthetic\b", path.read_text(encoding="utf-8")) and path.parent.name != "synthetic"
    ]
    assert importing == ["commands/synth.py"]
