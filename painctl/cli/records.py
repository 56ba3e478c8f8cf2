"""Prediction records as text lines, JSON, JSON lines, CSV or Parquet; on stdout as they are made."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any, BinaryIO, Protocol

from painctl.extras import require
from painctl.files.names import csv_text
from painctl.records import percent

Record = dict[str, Any]
_ROW_GROUP = 10_000  # rows of Parquet in memory


class Writer(Protocol):
    """Writes records one by one."""

    def write(self, record: Record) -> None: ...

    def close(self) -> None: ...


class Lines:
    """One line per record; records with an error are reported on stderr instead."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, record: Record) -> None:
        if "error" in record:
            return
        where = f" frame {record['frame']}" if "frame" in record else ""
        where += f", {record['time']:.2f} s" if record.get("time") is not None else ""
        pain = f"  P(pain) {percent(record['probability'])}" if "probability" in record else ""
        units = "".join(f"  {name} {value:.1f}" for name, value in record.items() if name.startswith("AU"))
        error = f" ± {record['pspi_sd']:.1f}" if "pspi_sd" in record else ""
        who = f"{record['person']}  " if record.get("person") else ""
        self._out.write(f"{who}{record['image']}{where}: PSPI {record['pspi']:.1f}{error}{pain}{units}\n".encode())
        self._out.flush()

    def close(self) -> None:
        pass


class Json:
    """A JSON array with one record per line, or a single object for a single picture.

    `close` makes it valid even if a signal interrupted `write`: each record and what precedes it is one write.
    """

    def __init__(self, out: BinaryIO, single: bool) -> None:
        self._out, self._single, self._separator = out, single, b""
        if not single:
            out.write(b"[")

    def write(self, record: Record) -> None:
        text = self._separator + json.dumps(record, allow_nan=False).encode() + (b"\n" if self._single else b"")
        self._separator = b",\n"
        self._out.write(text)
        self._out.flush()

    def close(self) -> None:
        if not self._single:
            self._out.write(b"]\n")
        self._out.flush()


class JsonLines:
    """One JSON object per line."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def write(self, record: Record) -> None:
        self._out.write(json.dumps(record, allow_nan=False).encode() + b"\n")

    def close(self) -> None:
        pass


class Parquet:
    """A Parquet file with a column per field; missing values are null. Raises ImportError without pyarrow."""

    def __init__(self, out: BinaryIO, columns: Sequence[str]) -> None:
        from painctl.stages.predict import field_kind

        pa, pq = require_pyarrow()
        types = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64(), "boolean": pa.bool_()}
        self._table = pa.Table
        self._schema = pa.schema([(name, types[field_kind(name)]) for name in columns])
        self._writer = pq.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[Record] = []

    def write(self, record: Record) -> None:
        self._rows.append(record)
        if len(self._rows) == _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table.from_pylist(self._rows, self._schema))
            self._rows = []


def require_pyarrow() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet. Raises MissingExtra, which says how to install them."""
    require("parquet", "--output FILE.parquet")
    import pyarrow
    import pyarrow.parquet

    return pyarrow, pyarrow.parquet


class Csv:
    """A table with a header and one row per record; missing values are left empty, and no cell is a formula."""

    def __init__(self, out: BinaryIO, columns: Sequence[str]) -> None:
        self._out, self._text = out, io.StringIO()
        self._table = csv.DictWriter(self._text, columns, restval="", lineterminator="\n")
        self._table.writeheader()
        self._send()

    def write(self, record: Record) -> None:
        self._table.writerow({k: csv_text(value) if isinstance(value, str) else value for k, value in record.items()})
        self._send()

    def _send(self) -> None:
        self._out.write(self._text.getvalue().encode())
        self._out.flush()
        self._text.seek(0)
        self._text.truncate()

    def close(self) -> None:
        pass


FORMATS = (".csv", ".json", ".jsonl", ".parquet")


def open_format(suffix: str, out: BinaryIO, columns: Sequence[str]) -> Writer:
    """A writer in one of the `FORMATS`."""
    if suffix == ".parquet":
        return Parquet(out, columns)
    if suffix == ".csv":
        return Csv(out, columns)
    return Json(out, False) if suffix == ".json" else JsonLines(out)
