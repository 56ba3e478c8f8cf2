"""Text files as people save them: byte order marks, any line ends, JSON and tables; errors that name the file."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from pathlib import Path
from typing import Any, NoReturn

from painctl.files.reading import read_bytes

MOST_BYTES = 64_000_000  # of a text file that is read whole
_SEPARATOR = re.compile(r"sep=(?P<separator>[,;\t|])\s*", re.IGNORECASE)
# by the mark at the start, the longer ones first: that of UTF-32 begins like that of UTF-16
_ENCODINGS = {
    codecs.BOM_UTF32_LE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF32_BE: ("utf-32", "UTF-32"),
    codecs.BOM_UTF16_LE: ("utf-16", "UTF-16"),
    codecs.BOM_UTF16_BE: ("utf-16", "UTF-16"),
}
_AROUND = "\ufeff", "\x1a"  # further marks at the start; the end of a file in DOS


def read_text(path: Path, limit: int = MOST_BYTES, errors: str = "strict") -> str:
    """A text in UTF-8, UTF-16 or UTF-32, without its byte order mark, every line ended by "\\n".

    UTF-16 and UTF-32 need the mark. Raises ValueError for other encodings, unless `errors` is another handler of
    undecodable bytes than "strict", and as `files.reading.read_bytes`.
    """
    data = read_bytes(path, limit)
    encoding, name = next((form for mark, form in _ENCODINGS.items() if data.startswith(mark)), ("utf-8", "UTF-8"))
    try:
        text = data.decode(encoding, errors)
    except UnicodeDecodeError as error:
        line = _lines(data[: error.start].decode(encoding, "replace")).count("\n") + 1
        raise ValueError(
            f"{path}: line {line}: byte {error.start:,} of the file is not {name} text; save it as UTF-8"
        ) from None
    if "\0" in text:
        raise ValueError(f"{path}: not a text file, or UTF-16 without a byte order mark; save it as UTF-8")
    return _lines(text.lstrip(_AROUND[0]).removesuffix(_AROUND[1]))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_json(path: Path, limit: int = MOST_BYTES) -> Any:
    """The value in a JSON file. Raises ValueError for anything that is not strict JSON, and as `read_text`."""
    return parse_json(read_text(path, limit), str(path))


def parse_json(text: str, name: str) -> Any:
    """The value of a JSON text. Raises ValueError, naming `name`, for NaN, deep nesting and text that is not JSON."""

    def reject(constant: str) -> NoReturn:
        raise ValueError(f"{constant} is not a number in JSON")

    try:
        return json.loads(text, parse_constant=reject)
    except json.JSONDecodeError as error:
        reason = f"line {error.lineno}, column {error.colno}: {error.msg[0].lower()}{error.msg[1:]}"
        raise ValueError(f"{name}: not valid JSON: {reason}") from None
    except ValueError as error:
        raise ValueError(f"{name}: not valid JSON: {str(error).partition(';')[0]}") from None
    except RecursionError:
        raise ValueError(f"{name}: not valid JSON: nested too deeply") from None


def json_text(value: Any, indent: int | None = None, sort_keys: bool = False) -> str:
    """A value as strict JSON. Raises ValueError for NaN and infinity."""
    return json.dumps(value, indent=indent, sort_keys=sort_keys, allow_nan=False)


def read_table(path: Path, limit: int = MOST_BYTES) -> list[dict[str, str]]:
    """The rows of a CSV file by its header, as `numbered_rows` without the line numbers."""
    return [row for _, row in numbered_rows(path, limit)]


def numbered_rows(path: Path, limit: int = MOST_BYTES) -> list[tuple[int, dict[str, str]]]:
    """The rows of a CSV file by its header, each with the number of its (last) line.

    Blanks around names and cells are removed, and so are empty lines, columns at the end without a name, and the line
    "sep=;" that Excel puts first. Cells may be separated by commas, semicolons or tabs, whichever the header has.
    Raises ValueError for a row with more or fewer cells than the header and for a column that is there twice, and as
    `read_text`.
    """
    text = read_text(path, limit)
    first, _, rest = text.lstrip("\n").partition("\n")
    stated = _SEPARATOR.fullmatch(first)
    header = rest.lstrip("\n").partition("\n")[0] if stated else first
    separator = stated["separator"] if stated else max(",;\t", key=header.count)
    rows: list[tuple[int, list[str]]] = []
    table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        rows.extend((table.line_num, [cell.strip() for cell in row]) for row in table if any(map(str.strip, row)))
    except csv.Error as error:
        raise ValueError(f"{path}: line {table.line_num}: {error}") from None
    if len(rows) <= bool(stated):
        return []
    (_, names), *body = rows[bool(stated) :]
    width = max(place for place, name in enumerate(names, 1) if name)
    names = names[:width]
    if repeated := [name for name in names if names.count(name) > 1]:
        raise ValueError(f"{path}: column {repeated[0]!r} is there twice")
    for line, row in body:
        if len(row) < width or any(row[width:]):
            raise ValueError(f"{path}: line {line}: {len(row)} cells; the header has {width}")
    return [(line, dict(zip(names, row[:width], strict=True))) for line, row in body]
