r"""Checksums that show a changed byte, in a file or in a folder.

A sealed file has `"sha256": "DIGEST"` near its start, which is the sha256 of the file with 64 zeros in place of DIGEST.
In the header of safetensors, where JSON stands in a JSON string, the quotes are escaped. A sealed folder has
SHA256SUMS, which `sha256sum -c` reads: one line per file.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from painctl.files.leftovers import is_stray
from painctl.files.publish import atomic_write
from painctl.files.reading import open_regular, read_bytes
from painctl.files.text import json_text

SUMS: Final = "SHA256SUMS"
UNSEALED: Final = {"sha256": "0" * 64}  # the first field of a JSON object that will be sealed
_SEAL = re.compile(rb'\\?"sha256\\?": \\?"([0-9a-f]{64})\\?"')
_HEAD = 1024  # bytes within which a seal begins
_PIECE = 1 << 20
_MOST_SUMS = 1_000_000  # bytes
_LINE = re.compile(r"([0-9a-f]{64})  ([^/\\\n]+)\n")


def seal(file: BinaryIO) -> None:
    """Seal a file that is open for reading and writing, in place. Raises ValueError if it has no `UNSEALED`."""
    place, _, computed = _digest(file)
    file.seek(place)
    file.write(computed.encode())


def sealed(data: bytes) -> bytes:
    """The bytes of a file, sealed. Raises as `seal`."""
    seal(file := io.BytesIO(data))
    return file.getvalue()


def sealed_json(record: Mapping[str, Any]) -> str:
    """An object as the text of a sealed JSON file. Raises ValueError for NaN and infinity."""
    return sealed((json_text({**UNSEALED, **record}, indent=1) + "\n").encode()).decode()


def is_intact(file: BinaryIO) -> bool:
    """Whether a file is as it was sealed; False for one without a seal."""
    try:
        _, stored, computed = _digest(file)
    except ValueError:
        return False
    return stored == computed


def write_sums(folder: Path, names: Iterable[str] | None = None) -> None:
    """Write the SHA256SUMS of a folder, for all of its files or for some."""
    chosen = {path.name for path in folder.iterdir()} - {SUMS} if names is None else names
    lines = [f"{sha256(folder / name)}  {name}\n" for name in sorted(chosen)]
    atomic_write(folder / SUMS, "".join(lines).encode())


def check_sums(folder: Path, names: Collection[str] | None = None) -> bool:
    """Raise ValueError, which names the file, unless a folder is as it was sealed. False if it has no SHA256SUMS.

    Every file must be listed, or of some `names` those that are present: a card or a licence may then be added. What
    systems and editors leave behind is ignored. Raises OSError for a file that cannot be read.
    """
    path = folder / SUMS
    try:
        data = read_bytes(path, _MOST_SUMS)
    except FileNotFoundError:
        return False
    content = (
        data.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").decode("utf-8", "replace")
    )  # as editors save it
    sums = {match[2]: match[1] for match in _LINE.finditer(content)}
    if "".join(f"{digest}  {name}\n" for name, digest in sums.items()) != content:
        raise ValueError(f"{path}: damaged; copy the whole folder again")
    present = {file.name for file in folder.iterdir() if not is_stray(file)} - {SUMS}
    if missing := sorted(sums.keys() - present):
        raise FileNotFoundError(
            f"{folder / missing[0]}: no such file, but {SUMS} lists it; copy the whole folder again"
        )
    if added := sorted((present if names is None else present.intersection(names)) - sums.keys()):
        raise ValueError(f"{folder / added[0]}: {SUMS} does not list it; move it out of the folder")
    for name, digest in sums.items():
        if sha256(folder / name) != digest:
            raise ValueError(
                f"{folder / name}: not the file that {SUMS} lists, but changed, cut short or of another folder; copy "
                "the whole folder again"
            )
    return True


def sha256(path: Path) -> str:
    """The SHA-256 of a regular file in hexadecimal digits. Raises as `open_regular`."""
    total = hashlib.sha256()
    with open_regular(path) as file:
        while piece := file.read(_PIECE):
            total.update(piece)
    return total.hexdigest()


def _digest(file: BinaryIO) -> tuple[int, str, str]:
    """Where the digest of a sealed file begins, that digest, and the one that its content has."""
    file.seek(0)
    head = file.read(_HEAD)
    match = _SEAL.search(head)
    if not match:
        raise ValueError("no seal")
    total = hashlib.sha256(head[: match.start(1)] + UNSEALED["sha256"].encode() + head[match.end(1) :])
    while piece := file.read(_PIECE):
        total.update(piece)
    return match.start(1), match[1].decode(), total.hexdigest()
