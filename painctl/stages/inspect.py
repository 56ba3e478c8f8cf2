"""inspect: what is in shards and datasets, as plain values, and their pictures on a contact sheet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import h5py
import numpy as np

from painctl.files.publish import atomic_write
from painctl.images.contact_sheet import Row, contact_sheet, evenly
from painctl.images.encode import decode
from painctl.images.resize import thumbnail
from painctl.pain.action_units import ACTION_UNITS
from painctl.records import SPLITS
from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, TABLES
from painctl.stages.pack import manifest

_PEOPLE = 12  # on a sheet
_ROWS = 24


def describe(paths: Sequence[Path]) -> dict[str, Any]:
    """What shards, folders of shards, or a dataset folder hold.

    Row counts under the names of the tables (`topology` counts once a file), `neutral` expressions, the others by
    PSPI, people by `splits`; of one shard also its attributes, history and columns, of several each under `shards`.
    Raises ShardError for a damaged shard, FileNotFoundError for a folder without any.
    """
    if len(paths) == 1 and (found := manifest(paths[0])):
        return {"path": str(paths[0]), **_by_score(found)}
    described = [_describe(path) for path in shards_in(paths)]
    return described[0] if len(described) == 1 else _add_up(described)


def sheet_rows(paths: Sequence[Path], tile: int = 160) -> list[Row]:
    """Rows for a contact sheet of shards: up to 12 people evenly apart, of the last pictures that were made of each.

    Frames come a row an expression, PSPI rising, each view with its heatmap; then portraits, albedo or depth maps.
    """
    shards = shards_in(paths)
    chosen = [shards[index] for index in evenly(len(shards), _PEOPLE)]
    rows: list[Row] = []
    for path in chosen:
        with Shard(path) as shard:
            people = evenly(shard.rows("identities"), max(1, _PEOPLE // len(chosen)))
            most = max(2, _ROWS // (len(people) * len(chosen)))
            for person in people:
                for label, pictures in _rows(shard, person, most):
                    rows.append((label, [thumbnail(picture, tile) for picture in pictures]))
    return rows


def gallery(paths: Sequence[Path], tile: int = 160) -> tuple[list[str], list[Row]]:
    """Titles of columns, and a row a person with all their frames, PSPI rising.

    There are titles where everybody has as many frames of each PSPI. Raises ValueError for a shard without frames.
    """
    rows: list[Row] = []
    scores: set[tuple[int, ...]] = set()
    for path in shards_in(paths):
        with Shard(path) as shard:
            shard.require("expressions", "frames")
            owner, score = shard.read("frames", "identity_row"), shard.read("expressions", "PSPI")
            rising = score[shard.read("frames", "expression_row")]
            for person in range(shard.rows("identities")):
                who = [shard.read("identities", name, person) for name in ("name", "age_group", "gender", "ethnicity")]
                frames = np.flatnonzero(owner == person)
                frames = frames[np.argsort(rising[frames], kind="stable")].tolist()
                scores.add(tuple(rising[frames].tolist()))
                label = "\n".join([*who, "PSPI " + " ".join(map(str, np.unique(rising[frames])))])
                rows.append((label, [thumbnail(decode(shard.read("frames", "image", row)), tile) for row in frames]))
    if len(scores) != 1:
        return [], rows
    (shared,) = scores
    return [f"PSPI {score}" if score not in shared[:index] else "" for index, score in enumerate(shared)], rows


def write_sheet(paths: Sequence[Path], picture: Path, by_person: bool = False) -> None:
    """The contact sheet of shards, or their gallery, as a PNG or JPEG file, by its name: complete or absent."""
    titles, rows = gallery(paths) if by_person else ([], sheet_rows(paths))
    _, data = cv2.imencode(picture.suffix, contact_sheet(rows, titles=titles)[..., ::-1])
    atomic_write(picture, data.tobytes())


def read_card(path: Path) -> str:
    """The card of a dataset. Raises ValueError if there is none."""
    if manifest(path):
        return (path / "README.md").read_text(encoding="utf-8")
    with Shard(path) as shard:
        if "card" not in shard.attributes:
            raise ValueError(f"{path}: has no card; `painctl pack` writes one")
        return shard.attributes["card"]


def shards_in(paths: Sequence[Path]) -> list[Path]:
    """The shards themselves: a folder stands for the *.h5 files in it. Raises FileNotFoundError if it has none,
    ValueError for a dataset folder.
    """
    found = []
    for path in paths:
        if manifest(path):
            raise ValueError(f"{path}: a dataset without shards; inspect it by itself, and its shards for a sheet")
        inside = sorted(path.glob("*.h5")) if path.is_dir() else [path]
        if not inside:
            raise FileNotFoundError(f"{path}: neither shards (*.h5) nor a dataset in this folder")
        found += inside
    return found


def _describe(path: Path) -> dict[str, Any]:
    with Shard(path) as shard:
        own = {name: shard.attributes[name] for name in ("stage", "format_version", "history")}
        others = {k: v for k, v in shard.attributes.items() if k not in own and k != "card"}
        return {
            "path": str(path),
            **{table: 1 if table == "topology" else shard.rows(table) for table in shard.tables},
            **_labels(shard),
            **own,
            "attributes": others,
            "content": shard.content,
            "columns": _columns(shard),
        }


def _labels(shard: Shard) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if shard.rows("expressions"):
        pain = shard.read("expressions", "expression") > 0
        scores = Counter(shard.read("expressions", "PSPI")[pain].tolist())
        found = {"neutral": int((~pain).sum()), "pspi": {str(score): scores[score] for score in sorted(scores)}}
    if shard.rows("split"):
        found["splits"] = dict(
            zip(SPLITS, np.bincount(shard.read("split", "split"), minlength=3).tolist(), strict=True)
        )
    return found


def _columns(shard: Shard) -> list[dict[str, Any]]:
    """Each column as it is stored: name, dtype, shape (rows of encoded columns), bytes."""
    columns = []
    with h5py.File(shard.path, "r") as h5:
        for table in shard.tables:
            for column in shard.columns(table):
                stored = h5[table][column.name]
                shape = [shard.rows(table)] if column.dtype == BYTES else list(stored.shape)
                name = f"{table}/{column.name}"
                columns.append({"column": name, "dtype": column.dtype, "shape": shape, "bytes": int(stored.nbytes)})
    return columns


def _add_up(described: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    nested = {"pspi": Counter[str](), "splits": Counter[str]()}
    for one in described:
        counts.update({name: one[name] for name in (*TABLES, "neutral") if name in one})
        for name, total in nested.items():
            total.update(one.get(name, {}))
    histories = {json.dumps(one["history"], sort_keys=True): one["history"] for one in described}
    found = {name: dict(total) for name, total in nested.items() if total}
    return {
        **counts,
        **_by_score(found),
        "stages": sorted({one["stage"] for one in described}),
        "histories": list(histories.values()),
        "shards": [{k: v for k, v in one.items() if k in ("path", "stage", "content", *TABLES)} for one in described],
    }


def _by_score(found: dict[str, Any]) -> dict[str, Any]:
    """The same with the expressions by PSPI in the order of numbers, not of letters."""
    if "pspi" not in found:
        return found
    return {**found, "pspi": dict(sorted(found["pspi"].items(), key=lambda item: int(item[0])))}


def _rows(shard: Shard, person: int, most: int) -> list[tuple[str, list[np.ndarray]]]:
    name = shard.read("identities", "name", person)
    if shard.rows("frames"):
        return _frame_rows(shard, person, name, most)
    if shard.rows("portraits"):
        return [(name, [decode(shard.read("portraits", "image", person))])]
    if shard.rows("textures"):
        return [(name, [decode(shard.read("textures", "albedo", person))])]
    if shard.rows("depth"):
        return [(name, [np.uint8(255 * shard.read("depth", "depth", person))])]
    raise ValueError(f"{shard.path}: no pictures; run `painctl render-depth` on it first")


def _frame_rows(shard: Shard, person: int, name: str, most: int) -> list[tuple[str, list[np.ndarray]]]:
    faces = np.flatnonzero(shard.read("expressions", "identity_row") == person)
    scores = shard.read("expressions", "PSPI")[faces]
    rising = faces[np.lexsort((faces, scores))]
    shown = shard.read("frames", "expression_row")
    rows = []
    for face in rising[evenly(len(rising), most)].tolist():
        labels = shard.row("expressions", face)
        units = [f"{unit} {labels[unit]}" for unit in ACTION_UNITS if labels[unit]]
        pictures = []
        for frame in np.flatnonzero(shown == face)[:_PEOPLE].tolist():
            pictures += [decode(shard.read("frames", column, frame)) for column in ("image", "heatmap")]
        rows.append(("\n".join([name, f"PSPI {labels['PSPI']}", *units]), pictures))
    return rows
