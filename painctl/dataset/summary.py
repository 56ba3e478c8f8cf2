"""What shards and datasets hold, as plain values for `inspect`."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from painctl.dataset.export import MANIFEST, manifest
from painctl.dataset.validate import validate_shard
from painctl.files.leftovers import is_stray
from painctl.files.names import printable
from painctl.files.text import read_json, read_text
from painctl.pain.action_units import MAX_PSPI
from painctl.pain.other_actions import parts
from painctl.pain.vocabulary import OTHER_ACTIONS
from painctl.records import SPLITS
from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, TABLES


def describe(paths: Sequence[Path]) -> dict[str, Any]:
    """The contents of shards, folders of shards, or one dataset folder.

    Row counts by table (`topology` counts one per file), the number of `neutral` expressions, the others by PSPI, how
    many have each `other` action, and people by `splits`. For one shard also its attributes, history and columns; for several, an entry for each under
    `shards`. Raises ShardError for a damaged shard, FileNotFoundError for a folder without shards.
    """
    if len(paths) == 1 and (values := manifest(paths[0])):
        return {"path": printable(paths[0]), **_sort_pspi(_checked(values, paths[0] / MANIFEST))}
    summaries = [_describe_shard(path) for path in shards_in(paths)]
    return summaries[0] if len(summaries) == 1 else _total(summaries)


def read_card(path: Path) -> str:
    """The card of a dataset. Raises ValueError if it has none."""
    if manifest(path):
        return read_text(path / "README.md")
    with Shard(path) as shard:
        if "card" not in shard.attributes:
            raise ValueError(f"{path}: has no card; `painctl pack` writes one")
        return shard.attributes["card"]


def shards_in(paths: Sequence[Path]) -> list[Path]:
    """The shards at paths; a folder stands for the *.h5 files in it.

    Raises FileNotFoundError for a folder without shards, ValueError for a dataset folder.
    """
    shards = []
    for path in paths:
        if manifest(path):
            raise ValueError(f"{path}: a dataset without shards; inspect it alone, without --sheet")
        inside = _shards_of(path) if path.is_dir() else [path]
        if not inside and (path / MANIFEST).exists():
            read_json(path / MANIFEST)  # says what is wrong with it
            raise ValueError(f"{path / MANIFEST}: not written by `painctl pack`")
        if not inside:
            raise FileNotFoundError(f"{path}: this folder holds neither shards (*.h5) nor a dataset{_strays_in(path)}")
        shards += inside
    return shards


def _shards_of(folder: Path) -> list[Path]:
    """The *.h5 files in a folder, without what systems, editors and transfers leave there."""
    return sorted(path for path in folder.iterdir() if path.suffix == ".h5" and not is_stray(path))


def _strays_in(folder: Path) -> str:
    """The *.h5 files that `_shards_of` leaves out, for a message."""
    names = sorted(path.name for path in folder.iterdir() if path.suffix == ".h5")
    return f"; {printable(names[0])} is left out by its name: give it as a file to read it" if names else ""


def _checked(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """The values of a `dataset.json`. Raises ValueError that names the first field that is not as `pack` writes it."""
    wrong = [name for name in ("identities", "expressions", "neutral", "frames") if not _is_count(values.get(name, 0))]
    for name, is_label in (
        ("pspi", {str(score) for score in range(MAX_PSPI + 1)}.__contains__),
        ("other", OTHER_ACTIONS.__contains__),
        ("splits", SPLITS.__contains__),
    ):
        counts = values.get(name, {})
        if not isinstance(counts, dict) or not all(is_label(k) and _is_count(v) for k, v in counts.items()):
            wrong.append(name)
    history = values.get("history", [])
    if not isinstance(history, list) or not all(isinstance(step, dict) and "stage" in step for step in history):
        wrong.append("history")
    if wrong:
        raise ValueError(f"{path}: {wrong[0]} is not what `painctl pack` writes; pack the dataset again")
    return values


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _describe_shard(path: Path) -> dict[str, Any]:
    with Shard(path) as shard:
        validate_shard(shard)
        common = {name: shard.attributes[name] for name in ("stage", "format_version", "history")}
        others = {k: v for k, v in shard.attributes.items() if k not in common and k != "card"}
        return {
            "path": printable(path),
            **{table: 1 if table == "topology" else shard.rows(table) for table in shard.tables},
            **_labels(shard),
            **common,
            "attributes": others,
            "content": shard.content,
            "columns": _columns(shard),
        }


def _labels(shard: Shard) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    if shard.rows("expressions"):
        pain = shard.read("expressions", "expression") > 0
        scores = Counter(shard.read("expressions", "PSPI")[pain].tolist())
        counts = {"neutral": int((~pain).sum()), "pspi": {str(score): scores[score] for score in sorted(scores)}}
        if actions := Counter(action for names in shard.read("expressions", "other") for action in parts(names)):
            counts["other"] = dict(sorted(actions.items()))
    if shard.rows("split"):
        people = np.bincount(shard.read("split", "split"), minlength=len(SPLITS))
        counts["splits"] = dict(zip(SPLITS, people.tolist(), strict=True))
    return counts


def _columns(shard: Shard) -> list[dict[str, Any]]:
    """Each column as stored: name, dtype, shape (for encoded columns, the number of rows), bytes."""
    columns = []
    with h5py.File(os.fsencode(shard.path), "r") as h5:
        for table in shard.tables:
            for column in shard.columns(table):
                stored = h5[table][column.name]
                shape = [shard.rows(table)] if column.dtype == BYTES else list(stored.shape)
                name = f"{table}/{column.name}"
                columns.append({"column": name, "dtype": column.dtype, "shape": shape, "bytes": int(stored.nbytes)})
    return columns


def _total(summaries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The counts of several shards added up, their distinct histories, and a short entry for each."""
    counts: Counter[str] = Counter()
    by_label = {"pspi": Counter[str](), "other": Counter[str](), "splits": Counter[str]()}
    for summary in summaries:
        counts.update({name: summary[name] for name in (*TABLES, "neutral") if name in summary})
        for name, total in by_label.items():
            total.update(summary.get(name, {}))
    histories = {json.dumps(summary["history"], sort_keys=True): summary["history"] for summary in summaries}
    return {
        **counts,
        **_sort_pspi({name: dict(total) for name, total in by_label.items() if total}),
        "stages": sorted({summary["stage"] for summary in summaries}),
        "histories": list(histories.values()),
        "shards": [{k: v for k, v in s.items() if k in ("path", "stage", "content", *TABLES)} for s in summaries],
    }


def _sort_pspi(counts: dict[str, Any]) -> dict[str, Any]:
    """The same with the expressions by PSPI in numerical, not alphabetical, order."""
    if "pspi" not in counts:
        return counts
    return {**counts, "pspi": dict(sorted(counts["pspi"].items(), key=lambda item: int(item[0])))}
