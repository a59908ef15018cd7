"""A folder of Parquet or Delta tables, read by Spark, as raw tables of one block of persons a partition.

What `long_tables` does on one machine: blocks begin with the same persons, and rows bear the same numbers. The identifiers of all persons come to the
driver, the rows stay with the workers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial, reduce
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

import polars as pl
import pyarrow as pa
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, SparkSession, types
from pyspark.sql import functions as sql
from pyspark.sql.pandas.types import to_arrow_schema

from eligimatch.model.columns import PERSON, TABLES
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.sources.cells import ROW
from eligimatch.sources.delta_tables import LOG, files_of
from eligimatch.sources.long_tables import SUFFIXES, check_columns, no_persons, starts_of, twice

BLOCK = "block"
_ROW = "row"
"""What the number of a row is called within Spark."""
_HERE = "file://"
_STRICT = {"ignoreCorruptFiles": False, "ignoreMissingFiles": False, "__globPaths__": False}
"""Whatever Spark's configuration says: no file is passed over in silence, and a `[` in a path is a `[`."""
_WHOLE = "is every file whole, and do their columns agree?"


class File(NamedTuple):
    """A file of a table, as it is now."""

    table: str
    path: str
    size: int
    changed: int
    """Microseconds from 1970."""
    rows: int


class Blocks(NamedTuple):
    """A cohort by blocks."""

    rows: DataFrame
    """`block`, `person` and a struct for each table, of which one is not null; a partition holds all rows of one block, and nothing else."""
    persons: int
    blocks: int
    files: Sequence[File]


class SparkTables:
    """The tables of a folder. Raises InputError where one cannot be read, or has columns that no table of its name has."""

    def __init__(self, spark: SparkSession, folder: str) -> None:
        """`folder` is an address, see `address`."""
        self._spark = spark
        self._folder = folder
        self._tables = dict(_reads(spark, folder))
        if "persons" not in self._tables:
            raise no_persons(_shown(folder))
        whole = all(isinstance(rows.schema[PERSON].dataType, types.IntegralType) for rows in self._tables.values())
        self._key: types.DataType = types.LongType() if whole else types.StringType()

    def blocks(self, size: int) -> Blocks:
        """The blocks of `size` persons. Raises InputError."""
        with readable(self._folder):
            files = self._files()
            ids = self._persons()
            bounds = ids.gather(starts_of(ids, size)[1:])
            numbered = [self._numbered(table, rows, [file for file in files if file.table == table]) for table, rows in self._tables.items()]
            rows = reduce(partial(DataFrame.unionByName, allowMissingColumns=True), numbered)
            blocks = len(bounds) + 1 if len(ids) else 0
            placed = rows.withColumn(BLOCK, _block(bounds, sql.col(PERSON)))
            return Blocks(placed.repartitionById(max(blocks, 1), BLOCK), len(ids), blocks, files)

    def _files(self) -> list[File]:
        """The files of all tables that have rows, in the order of their tables, then of their names."""
        about = ("_metadata.file_path", "_metadata.file_size", sql.unix_micros("_metadata.file_modification_time").alias("changed"))
        each = [rows.select(sql.lit(table).alias("table"), *about) for table, rows in self._tables.items()]
        every = reduce(DataFrame.union, each)
        found = [File(*row) for row in every.groupBy(*every.columns).count().collect()]
        return sorted(found, key=lambda file: (list(TABLES).index(file.table), unquote(file.path)))

    def _persons(self) -> pl.Series:
        """The identifiers of all persons in order, nobody before everybody."""
        who = self._tables["persons"].select(sql.coalesce(sql.col(PERSON).cast(self._key), sql.lit(self._nobody).cast(self._key)).alias(PERSON))
        return pl.DataFrame(pl.from_arrow(who.toArrow()))[PERSON].sort()

    @property
    def _nobody(self) -> Any:
        return -(2**63) if isinstance(self._key, types.LongType) else ""

    def _numbered(self, table: str, rows: DataFrame, files: Sequence[File]) -> DataFrame:
        """`person` and a struct of a table's other columns, with the number of each row over all files."""
        names = [sql.col(f"`{name}`") for name in rows.columns if name != PERSON]
        told = rows.select("*", sql.col("_metadata.row_index").alias("at"), sql.lit(0).alias("before"))
        if len(files) > 1:
            before = accumulate((file.rows for file in files), initial=0)
            starts = self._spark.createDataFrame([(file.path, row) for file, row in zip(files, before, strict=False)], "file string, before long")
            placed = rows.select("*", sql.col("_metadata.row_index").alias("at"), sql.col("_metadata.file_path").alias("file"))
            told = placed.join(sql.broadcast(starts), "file")
        row = (sql.col("before") + sql.col("at") + 1).alias(_ROW)
        return told.select(sql.col(PERSON).cast(self._key), sql.struct(row, *names).alias(table))


def raw_tables(batches: Iterable[pa.RecordBatch]) -> tuple[int, dict[str, pl.DataFrame]]:
    """The number of a partition's block, and its raw tables, as `blocks.block_of` takes them."""
    number, found = 0, dict[str, list[pl.DataFrame]]()
    for batch in batches:
        rows = pl.DataFrame(pl.from_arrow(batch))
        number = rows[BLOCK].max()  # type: ignore[assignment]
        for table in TABLES:
            if table in rows.columns:
                mine = rows.filter(pl.col(table).is_not_null()).select(PERSON, table).unnest(table).rename({_ROW: ROW})
                found.setdefault(table, []).append(mine)
    return number, {table: pl.concat(parts).sort(PERSON, ROW) for table, parts in found.items()}


def _block(bounds: pl.Series, person: Column) -> Column:
    """The number of a person's block; the bounds stand in no plan that Spark shows or logs."""
    if not len(bounds):
        return sql.lit(0)

    def number(who: pa.Array) -> pa.Array:
        nobody = -(2**63) if bounds.dtype == pl.Int64 else ""
        people = pl.Series(pl.from_arrow(who)).fill_null(nobody)
        return bounds.search_sorted(people, side="right").cast(pl.Int32).to_arrow()

    return cast("Column", sql.arrow_udf(number, "int")(person))  # type: ignore[attr-defined]


# --- what stands in the folder -----------------------------------------------------------------------------------------------


@contextmanager
def readable(source: str) -> Iterator[None]:
    """Spark's errors, which may hold cells, as one that names only the folder or table."""
    try:
        yield
    except (Py4JError, PySparkException) as error:
        said = failure(error) or Diagnostic(title="the table cannot be read", hint=_WHOLE)
        raise InputError(said.model_copy(update={"source": _shown(source)})) from None


def failure(error: Exception) -> Diagnostic | None:
    """What is to be said of an error of Spark that comes of how its workers are set up, or of a type that it does not know; else None."""
    if missing := re.search(r"No module named '(\w+)", str(error)):
        return Diagnostic(title=f"a worker's Python has no `{missing[1]}`", hint="pip install 'eligimatch[spark]' into the Python of every worker")
    if "PYTHON_VERSION_MISMATCH" in str(error):
        return Diagnostic(title="a worker has another version of Python", hint="PYSPARK_PYTHON names the Python of every worker")
    if "PARQUET_TYPE_ILLEGAL" in str(error) or "Illegal Parquet type" in str(error):
        return Diagnostic(title="a column has a type that Spark does not read", hint="times in nanoseconds are one: write days as dates")
    return None


def _listed(spark: SparkSession, folder: str) -> dict[str, bool]:
    """What stands in a folder of any file system that Spark knows: each name, and whether it is a folder."""
    java: Any = spark.sparkContext._jvm  # noqa: SLF001 - Hadoop's file systems have no Python face
    try:
        path = java.org.apache.hadoop.fs.Path(folder)
        found = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).listStatus(path)  # noqa: SLF001
    except Py4JJavaError as error:
        if error.java_exception.getClass().getSimpleName() == "FileNotFoundException":
            raise InputError(Diagnostic(title="no such file or folder", source=_shown(folder))) from None
        raise _no(folder, "Spark cannot look into this folder", "is the address right, and has Spark the jars and the rights for it?") from None
    return {status.getPath().getName(): status.isDirectory() for status in found}


def _reads(spark: SparkSession, folder: str) -> Iterator[tuple[str, DataFrame]]:
    """Each table of a folder, checked."""
    names = _listed(spark, folder)
    for table in TABLES:
        mine = [name for name in (table, *(table + suffix for suffix in SUFFIXES)) if name in names]
        if len(mine) > 1:
            raise twice(table, _shown(folder), mine)
        for name in mine:
            place = f"{folder.rstrip('/')}/{name}"
            files = _files(spark, place) if names[name] else [place]
            if files:
                yield table, _read(spark, table, place, files)


def _files(spark: SparkSession, folder: str) -> list[str]:
    """The files of a table that is a folder; a Delta table that is empty has none."""
    names = _listed(spark, folder)
    if LOG in names:
        return [path if "://" in path else f"{_HERE}{path}" for path in files_of(_shown(folder))]
    found = [f"{folder}/{name}" for name in sorted(names) if name.endswith(SUFFIXES) and not name.startswith((".", "_"))]
    if not found:
        raise _no(folder, "no part files here", "Parquet, or a Delta table")
    return found


def _read(spark: SparkSession, table: str, place: str, files: Sequence[str]) -> DataFrame:
    if not all(file.endswith(".parquet") for file in files):
        raise _no(place, "Spark is given Parquet and Delta tables alone", "eligimatch tables SOURCE --out DIR writes any source as Parquet")
    with readable(place):
        rows = spark.read.options(mergeSchema=len(files) > 1, **_STRICT).parquet(*files)
    for field in rows.schema:
        if isinstance(field.dataType, types.TimestampType):
            raise _no(place, f"`{field.name}` holds points in time, whose day depends on where the clock is", "write it as dates")
    check_columns(table, _shown(place), pl.DataFrame(pl.from_arrow(to_arrow_schema(rows.schema).empty_table())).schema)
    return rows


def address(source: str) -> str:
    """What Spark calls a source: a path of this machine, or an address as it is."""
    return f"{_HERE}{Path(source).absolute()}" if Path(source).exists() else source


def _shown(place: str) -> str:
    return place.removeprefix(_HERE)


def _no(place: str, title: str, hint: str) -> InputError:
    return InputError(Diagnostic(title=title, source=_shown(place), hint=hint))
