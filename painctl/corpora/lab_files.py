"""Which HDF5 files are the frames, annotations and folds of the paper's lab: by their contents, not their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from painctl.corpora.hdf5 import has, opened
from painctl.corpora.layout import entries, folders
from painctl.files.names import printable

HDF5: Final = (".h5", ".hdf5", ".hdf")
_KINDS = {"frames": ("image", "index"), "annotations": ("subject_name", "index"), "folds": ("fold-0",)}
_NEEDED = {"frames", "annotations"}
_MOST_FILES = 2000  # that are opened


def find_trio(path: Path) -> dict[str, Path]:
    """The frames, annotations and folds files at a path, or empty unless the first two are there.

    A file is one of them itself, with the others beside it; a folder holds them, or folders below it do. Raises
    ValueError for two files of a kind at the same depth.
    """
    if path.is_dir():
        return _search(folders(path), {})
    given = dict.fromkeys(_kinds(path), path)
    return _search([[path.absolute().parent]], given) if given else {}


def unreadable(folder: Path) -> str:
    """What is wrong with the first HDF5 file in a folder that cannot be opened; empty if nothing is."""
    for file in islice(_hdf5_in(folder), _MOST_FILES):
        try:
            with opened(file):
                pass
        except ValueError as error:
            return str(error)
    return ""


def _search(levels: Iterable[Iterable[Path]], given: dict[str, Path]) -> dict[str, Path]:
    """The files in the nearest folders that have all that is needed, besides those given."""
    files = {kind: [path] for kind, path in given.items()}
    listed = ((depth, file) for depth, level in enumerate(levels) for folder in level for file in _hdf5_in(folder))
    depth = 0
    for at, file in islice(listed, _MOST_FILES):
        if at > depth and files.keys() >= _NEEDED:
            break
        depth = at
        for kind in _kinds(file):
            if kind not in given:
                files.setdefault(kind, []).append(file)
    if not files.keys() >= _NEEDED:
        return {}
    for kind, paths in files.items():
        if len(paths) > 1:
            raise ValueError(f"{printable(paths[0])} and {printable(paths[1].name)} both hold {kind}; keep one of them")
    return {kind: path for kind, (path,) in files.items()}


def _hdf5_in(folder: Path) -> Iterator[Path]:
    with suppress(OSError):  # not ours to read
        yield from sorted(folder / entry.name for entry in entries(folder, HDF5))


def _kinds(path: Path) -> list[str]:
    """What a file holds; nothing for one that is not HDF5."""
    with suppress(OSError, ValueError, RuntimeError), opened(path) as h5:
        return [kind for kind, names in _KINDS.items() if all(has(h5, name) for name in names)]
    return []
