"""A cohort on a cluster: Spark brings the rows of a block together, a worker answers them, and its part files are written here.

A worker gives part files, not cells: a million verdicts are a few bytes in Parquet, but a million times Spark's work in columns of its own
(docs/spark.md has the figures). So a folder that Spark filled is byte for byte the one that this machine alone would have written.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import Any
from uuid import uuid4

import pyarrow as pa
from polars import DataFrame
from py4j.protocol import Py4JError
from pyspark import RDD, Broadcast
from pyspark.errors import PySparkException
from pyspark.sql import Row, SparkSession

from eligimatch import __version__
from eligimatch.model.diagnostic import Diagnostic, InputError
from eligimatch.screening.blocks import BlockScreener, Done, Job, guarded, settle, unwritable
from eligimatch.screening.folder import Folder, put_frame
from eligimatch.screening.settings import program
from eligimatch.sources.blocks import block_of
from eligimatch.sources.cache import digest
from eligimatch.sources.spark_tables import Blocks, SparkTables, failure, raw_tables, readable

ANSWER = "table string, content binary, persons bigint, set_aside bigint"
"""What a worker says of a block: its part files by their tables, the verdicts last; or one row without a table, a diagnostic."""
_ARROW = pa.schema([("table", pa.string()), ("content", pa.binary()), ("persons", pa.int64()), ("set_aside", pa.int64())])
_THREADS = 256
"""Blocks at most that are asked for at the same time."""
_AHEAD = 2
"""Blocks that are asked for, for each core."""
_LEARNED: dict[str, BlockScreener] = {}
"""In a worker: the screener of the job at hand, which has learned from the blocks before."""


class SparkWork:
    """The blocks of a cohort, see `run.Work`."""

    def __init__(self, spark: SparkSession, folder: str, block: int) -> None:
        """`folder` is an address, see `spark_tables.address`. Raises InputError."""
        self._spark = spark
        self._folder = folder
        self._blocks: Blocks = SparkTables(spark, folder).blocks(block)
        self.persons = self._blocks.persons
        self.blocks = self._blocks.blocks
        self.source = digest(*(repr((file.table, file.path.rpartition("/")[2], *file[2:])).encode() for file in self._blocks.files)).hex()
        self.lost: list[Diagnostic] = []

    def screen(self, job: Job, folder: Folder, numbers: Sequence[int]) -> Iterator[Done]:
        """Each block as soon as it is written. Raises InputError."""
        if not numbers:
            return
        context = self._spark.sparkContext
        name = uuid4().hex
        with readable(self._folder):
            answers = self._blocks.rows.mapInArrow(partial(_answers, name, context.broadcast((program(), job))), ANSWER).rdd
        pool = ThreadPoolExecutor(_THREADS)
        try:
            yield from self._gathered(pool, partial(self._block, name, answers, folder), list(numbers))
        finally:
            context.cancelJobsWithTag(name)
            pool.shutdown(cancel_futures=True)

    def _gathered(self, pool: ThreadPoolExecutor, block: Callable[[int], Done | None], waiting: list[int]) -> Iterator[Done]:
        """Blocks are asked for as the cluster has cores, of which there may be more from one to the next."""
        asked: set[Future[Done | None]] = set()
        while waiting or asked:
            room = max(0, min(_AHEAD * self._spark.sparkContext.defaultParallelism, _THREADS) - len(asked))
            asked |= {pool.submit(block, number) for number in waiting[:room]}
            del waiting[:room]
            ready, asked = wait(asked, return_when=FIRST_COMPLETED)
            yield from filter(None, (one.result() for one in ready))

    def _block(self, name: str, answers: RDD[Row], folder: Folder, number: int) -> Done | None:
        """Has a block answered, and writes it; None where Spark gave it up. Raises InputError."""
        context = self._spark.sparkContext
        context.addJobTag(name)
        try:
            rows = context.runJob(answers, list, [number])
        except (Py4JError, PySparkException) as error:
            said = failure(error)
            if said:
                raise InputError(said) from None
            hint = "have the workers memory enough? a smaller --block needs less; the other blocks are kept"
            self.lost.append(Diagnostic(title=f"block {number} is not screened: Spark gave it up", source=str(folder.path), hint=hint))
            return None
        for row in rows:
            if row.table is None:
                raise InputError(Diagnostic.model_validate_json(row.content))
        try:
            for row in rows:
                folder.write_content(row.table, number, row.content)
        except OSError as error:
            raise unwritable(folder.path, error) from None
        return Done(number, rows[-1].persons, rows[-1].set_aside)


# --- in a worker -------------------------------------------------------------------------------------------------------------


def _answers(name: str, given: Broadcast[tuple[str, Job]], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The answer to the rows of a block, see ANSWER; nothing that fails here reaches Spark, whose logs would repeat what it says."""
    answer = guarded("a block", partial(_parts, name, given, batches))
    rows = [{"content": answer.model_dump_json().encode()}] if isinstance(answer, Diagnostic) else answer
    for row in rows:
        yield pa.RecordBatch.from_pylist([row], _ARROW)


def _parts(name: str, given: Broadcast[tuple[str, Job]], batches: Iterable[pa.RecordBatch]) -> list[dict[str, Any]]:
    number, raw = raw_tables(batches)
    fresh = name not in _LEARNED
    if fresh:
        _LEARNED.clear()
        _LEARNED[name] = _screener(*given.value)
    block = block_of(number, raw)
    persons, set_aside = len(block), block.rejected.height
    tables = _LEARNED[name].tables(block)
    if fresh:
        settle()
    return [{"table": table, "content": _content(frame), "persons": persons, "set_aside": set_aside} for table, frame in tables.items()]


def _screener(theirs: str, job: Job) -> BlockScreener:
    if program() != theirs:
        hint = f"here it is {__version__}: the versions of eligimatch and of Polars must be those of the machine that gives the command"
        raise InputError(Diagnostic(title="a worker has another version of the program", hint=hint))
    return BlockScreener(job)


def _content(frame: DataFrame) -> bytes:
    target = io.BytesIO()
    put_frame(target, frame)
    return target.getvalue()
