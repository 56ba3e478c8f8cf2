r"""Names of files as text that any reader accepts: valid UTF-8, no control characters, no formulas; without loss.

A file name is bytes. In what painctl prints and writes, a backslash in a name is `\\`, and a byte that is not UTF-8 or
belongs to a control character is `\xNN`. In CSV, text that a spreadsheet would take for a formula, and text that starts
with an apostrophe, gets an apostrophe in front.
"""

from __future__ import annotations

import os
import re
import unicodedata

_ESCAPE = re.compile(rb"\\\\|\\x([0-9a-f]{2})")
_UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, surrogates, line and paragraph separators
_REORDERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # can make a name look like another
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "'")  # also in full width


def printable(name: str | os.PathLike[str]) -> str:
    """A name as printable text; `parse_printable` is the inverse."""
    return "".join(map(_escaped, os.fspath(name)))


def printable_lines(text: str) -> str:
    """Text of several lines, to be shown: what is not printable as `printable` has it, backslashes and lines as is."""
    return "".join(c if c in "\n\\" else _escaped(c) for c in text)


def one_line(text: str) -> str:
    """Text as one line, to be shown: as `printable_lines`, with line ends as `printable` has them."""
    return printable_lines(text).replace("\n", r"\x0a")


def parse_printable(text: str) -> str:
    """The name that `printable` turned into this text, with surrogates for bytes that are not UTF-8."""
    data = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]) if match[1] else b"\\", text.encode())
    return data.decode(errors="surrogateescape")


def csv_text(text: str) -> str:
    """Text as a CSV cell that no spreadsheet evaluates (OWASP, CSV injection); `parse_csv_text` is the inverse."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def parse_csv_text(cell: str) -> str:
    """The text that `csv_text` turned into this cell."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def _escaped(character: str) -> str:
    if character == "\\":
        return r"\\"
    if unicodedata.category(character) in _UNPRINTABLE or unicodedata.bidirectional(character) in _REORDERING:
        return "".join(f"\\x{byte:02x}" for byte in _bytes(character))
    return character


def _bytes(character: str) -> bytes:
    try:
        return character.encode(errors="surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte; no file name has one
        return character.encode(errors="surrogatepass")
