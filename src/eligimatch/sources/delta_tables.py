"""A Delta table to the Parquet files of its present version: those of earlier versions lie in the same folder, and are not read."""

from __future__ import annotations

from importlib.util import find_spec

from eligimatch.model.diagnostic import Diagnostic, InputError

LOG = "_delta_log"
"""The folder that makes a Delta table of a folder of part files."""
_BEYOND = {"deletionVectors": "deleted rows marked in its files", "columnMapping": "columns under other names in its files"}
"""What a table may have that its Parquet files alone do not show, by the name of Delta's feature."""


def files_of(place: str) -> list[str]:
    """The files of a table's present version, in the order of their names. Raises InputError where they alone are not the table."""
    if find_spec("deltalake") is None:
        raise InputError(Diagnostic(title="a Delta table is read by a package that is not installed", source=place, hint="pip install deltalake"))
    from deltalake import DeltaTable  # noqa: PLC0415 - only who has Delta tables needs it
    from deltalake.exceptions import DeltaError  # noqa: PLC0415

    try:
        table = DeltaTable(place)
        features = table.protocol().reader_features or ()
        partitioned = table.metadata().partition_columns
        files = sorted(table.file_uris())
    except (DeltaError, OSError):
        raise InputError(Diagnostic(title="the Delta table cannot be read", source=place, hint="is its log whole?")) from None
    beyond = next((said for feature, said in _BEYOND.items() if feature in features), "columns in the names of its folders" if partitioned else None)
    if beyond:
        raise InputError(Diagnostic(title=f"a Delta table with {beyond}", source=place, hint="write it as Parquet, or as a plain Delta table"))
    return files
