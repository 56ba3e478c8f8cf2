"""Where a corpus is: its folders by name, whatever the case, in the folder given, around it, or a few levels below.

Archives unpack to Images/Images, Frame_Labels/Frame_Labels or one folder around all. The folder nearest to the path is
used; two at the same depth are an error, since nothing says which one is meant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from painctl.corpora.faults import Fault, Scope, reason
from painctl.files.leftovers import is_stray
from painctl.files.names import printable

T = TypeVar("T")

DEPTH: Final = 6  # levels below the path that are searched
_MOST_FOLDERS, _MOST_ENTRIES = 300, 20_000  # that are listed, and in each of them: a wrong path may hold millions
_NAMED: Final = 6  # entries in a message
# folders of one person, which hold frames or their labels: of UNBC-McMaster, CK+, DISFA and BioVid
_SUBJECT = re.compile(r"\d{3}-.*|S\d{3}|(?:(?:Left|Right)(?:Video)?)?SN\d{3}.*|\d{6}_[mw]_\d{2}.*", re.IGNORECASE)


def entries(folder: Path, ending: str | tuple[str, ...] = "") -> Iterator[os.DirEntry[str]]:
    """What a folder holds, in the order of the system, without what systems and editors leave there.

    With `ending`, only names that end so, in lower case.
    """
    with os.scandir(folder) as directory:
        for entry in directory:
            if entry.name.lower().endswith(ending) and not is_stray(Path(entry.name)):
                yield entry


def subfolders(folder: Path) -> list[Path]:
    """The folders in a folder, by name; links are followed. Raises OSError if it cannot be read."""
    return sorted(folder / entry.name for entry in islice(entries(folder), _MOST_ENTRIES) if _is_folder(entry))


def listed(listing: Callable[[Path], Iterable[T]], folder: Path, faults: list[Fault]) -> list[T]:
    """What `listing`, such as `entries`, gives for a folder; nothing, and a fault, if it cannot be read."""
    try:
        return list(listing(folder))
    except OSError as error:
        faults.append(
            Fault(
                "folders that cannot be read, left out", printable(folder.name), reason(error, folder), Scope.RECORDING
            )
        )
        return []


def folders(root: Path) -> list[list[Path]]:
    """The folders at and below `root` by depth, nearest first; links are followed, each folder stands once."""
    visited: set[tuple[int, int]] = set()
    is_new(root, visited)
    levels, listed = [[root]], 0
    while levels[-1] and len(levels) <= DEPTH:
        below: list[Path] = []
        for folder in levels[-1][: _MOST_FOLDERS - listed]:
            listed += 1
            with suppress(OSError):  # not ours to read
                inside = [path for path in subfolders(folder) if not _SUBJECT.fullmatch(path.name)]
                below += (path for path in inside if is_new(path, visited))
        levels.append(below)
    return levels


def is_new(folder: Path, visited: set[tuple[int, int]]) -> bool:
    """Whether a folder is not among those `known` by device and inode, to which it is added: links can make circles."""
    status = folder.stat()
    identity = status.st_dev, status.st_ino
    new = identity not in visited
    visited.add(identity)
    return new


def nearest(levels: Sequence[Sequence[Path]], name: str, holds: Callable[[Path], bool]) -> Path | None:
    """The nearest of `folders` that is called `name` and for which `holds`, else the nearest of that name, else None.

    Case, blanks, digits and punctuation do not matter: "images (1)" is Images. Raises ValueError if `holds` is true for
    two of them at the same depth.
    """
    named = [[folder for folder in level if plain(folder.name) == plain(name)] for level in levels]
    for level in named:
        matching = [folder for folder in level if holds(folder)]
        if len(matching) > 1:
            both = " and ".join(printable(folder) for folder in matching[:2])
            raise ValueError(f"{both} could both be the {name} of the dataset; give the path of one dataset")
        if matching:
            return matching[0]
    return next((folder for level in named for folder in level), None)


def starts(path: Path, names: set[str]) -> list[Path]:
    """Where to look for a corpus at a path: a folder itself, and the parents of its parts called as one of `names`."""
    path = path.absolute()  # unlike resolve, keeps the names of links
    plain_names = {plain(name) for name in names}
    around = [part.parent for part in (path, *path.parents) if plain(part.name) in plain_names]
    return [path, *around] if path.is_dir() else around


def plain(name: str) -> str:
    """The letters of a name, in lower case."""
    return re.sub(r"[^a-z]", "", name.casefold())


def contents(path: Path) -> str:
    """A few of the entries of a folder, for a message."""
    try:
        with os.scandir(path) as directory:
            listed = [entry for entry in islice(directory, _MOST_ENTRIES) if not is_stray(Path(entry.name))]
    except OSError as error:
        return (error.strerror or "not readable").lower()
    shown = sorted(printable(entry.name) + "/" * _is_folder(entry) for entry in listed)
    count = f"{len(shown) - _NAMED:,}" if len(listed) < _MOST_ENTRIES else "many"
    more = f" and {count} more" if len(shown) > _NAMED else ""
    return ", ".join(shown[:_NAMED]) + more if shown else "nothing"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False
