"""The flat tables on which the peers' plain rules look: one row a person with the latest value of each analyte, and whether something is listed.

    python flat.py COHORT FOLDER NDJSON_PERSONS

Writes FOLDER/flat.parquet and the first persons as FOLDER/persons.ndjson (what is not known has no key), and prints the seconds that each took. What
counts as diabetes, hepatitis B, platinum and chemotherapy is taken from the vocabulary, as a value set would give it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import polars as pl

from eligimatch import kept
from eligimatch.engine.facts import language_of
from eligimatch.engine.names import CONDITIONS, TREATMENTS
from eligimatch.model.concept import Kind

OVER = ("resolved", "remission", "inactive")
PERSON = "person"


def value_set(names: pl.Series, concept: str, kinds: tuple[Kind, ...]) -> list[str]:
    """The names that are a concept or a kind of it."""
    language = language_of(kept.language().vocabulary, kept.language().units)
    return [name for name in names.unique().sort() if any(language.kinship.is_a(own, concept) for own in language.namer.link(name, kinds).concepts)]


def latest(observations: pl.LazyFrame, name: str, *columns: pl.Expr) -> pl.LazyFrame:
    """The latest number of an analyte, a row a person."""
    rows = observations.filter(pl.col("name") == name, pl.col("value").is_not_null(), pl.col("date").is_not_null())
    return rows.sort("date").group_by(PERSON).agg(column.last() for column in columns)


def listed(rows: pl.LazyFrame, names: list[str], flag: str) -> pl.LazyFrame:
    """Who has one of the names listed."""
    return rows.filter(pl.col("name").is_in(names)).select(PERSON).unique().with_columns(pl.lit(value=True).alias(flag))


def flat(cohort: Path) -> pl.DataFrame:
    """The flat table of a cohort."""
    persons, observations, conditions, treatments = (
        pl.scan_parquet(cohort / f"{name}.parquet") for name in ("persons", "observations", "conditions", "treatments")
    )
    named = {table: rows.select("name").collect().to_series() for table, rows in (("conditions", conditions), ("treatments", treatments))}
    there = conditions.filter(~pl.col("status").is_in(OVER).fill_null(value=False), pl.col("verification").fill_null("") != "refuted")
    positive = observations.filter(pl.col("name") == "HBsAg", pl.col("value_text") == "positive").select(PERSON, pl.lit("hepatitis B").alias("name"))
    infected = pl.concat([there.select(PERSON, "name"), positive])
    chemotherapy = value_set(named["treatments"], "chemotherapy", TREATMENTS)
    given = treatments.filter(pl.col("name").is_in(chemotherapy)).join(persons.select(PERSON, "as_of"), on=PERSON)
    last_day = pl.when(pl.col("status") == "ongoing").then("as_of").otherwise(pl.coalesce("end", "start"))
    washout = given.group_by(PERSON).agg((pl.col("as_of").first() - last_day.max()).dt.total_days().cast(pl.Int32).alias("chemotherapy_days"))
    joined = (
        latest(observations, "ECOG", pl.col("value").cast(pl.UInt8).alias("ecog")),
        latest(observations, "hemoglobin", pl.col("value").alias("hemoglobin")),
        latest(observations, "creatinine", pl.col("value").alias("creatinine")),
        latest(observations, "eGFR", pl.col("value").alias("egfr")),
        latest(observations, "AST", pl.col("value").alias("ast"), pl.col("uln").alias("ast_uln")),
        washout,
        listed(there, value_set(named["conditions"], "diabetes mellitus", CONDITIONS), "diabetes"),
        listed(infected, [*value_set(named["conditions"], "hepatitis B", CONDITIONS), "hepatitis B"], "hepatitis_b"),
        listed(treatments, value_set(named["treatments"], "platinum-based chemotherapy", TREATMENTS), "platinum"),
    )
    born, now = pl.col("birth_date"), pl.col("as_of")
    this_year = pl.date(now.dt.year(), born.dt.month(), 1) + pl.duration(days=born.dt.day() - 1)
    age = pl.coalesce(now.dt.year() - born.dt.year() - (this_year > now).cast(pl.Int32), "age").cast(pl.UInt8)
    made = persons.select(PERSON, age.alias("age"), "sex", "pregnant")
    for rows in joined:
        made = made.join(rows, on=PERSON, how="left", maintain_order="left")
    return made.with_columns(pl.col("diabetes", "hepatitis_b", "platinum").fill_null(value=False)).collect()


def main() -> None:
    """Writes the files and prints the seconds."""
    cohort, folder, few = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    kept.language()
    start = time.perf_counter()
    made = flat(cohort)
    flattened = time.perf_counter() - start
    made.write_parquet(folder / "flat.parquet")
    with (folder / "persons.ndjson").open("w", encoding="utf-8") as file:
        for row in made.head(few).iter_rows(named=True):
            file.write(json.dumps({key: value for key, value in row.items() if value is not None}) + "\n")
    print(json.dumps({"flatten": flattened}))


if __name__ == "__main__":
    main()
