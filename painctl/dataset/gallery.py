"""Rows of pictures from shards, for a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from painctl.dataset.summary import shards_in
from painctl.images.contact_sheet import Row, captioned, evenly_spaced
from painctl.images.encode import decode
from painctl.images.resize import thumbnail
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.other_actions import parts
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError

# at most, on a contact sheet
_PEOPLE = 12
_ROWS = 24
_VIEWS = 12  # of an expression


def sheet_rows(paths: Sequence[Path], tile: int = 160) -> list[Row]:
    """Rows for a contact sheet: up to 12 people, evenly spaced, with the pictures of the latest stage of each.

    Frames are a row per expression in order of PSPI, each view beside its heatmap; else portraits, albedo or depth.
    """
    shards = shards_in(paths)
    chosen = [shards[index] for index in evenly_spaced(len(shards), _PEOPLE)]
    rows: list[Row] = []
    for path in chosen:
        with Shard(path) as shard:
            people = evenly_spaced(shard.rows("identities"), max(1, _PEOPLE // len(chosen)))
            if not people:
                continue
            most = max(2, _ROWS // (len(people) * len(chosen)))
            for person in people:
                for label, pictures in _person_rows(shard, person, most):
                    rows.append((label, [thumbnail(picture, tile) for picture in pictures]))
    return _require_pictures(rows, paths)


def gallery(paths: Sequence[Path], tile: int = 160, by: str = "pspi") -> tuple[list[str], list[Row]]:
    """Column titles, and a row per person with all their frames, in order of PSPI or `by` other actions or occluders.

    In order of other actions or occluders, each picture has their names and its PSPI as a caption. There are titles
    only in order of PSPI, and if all people have the same scores. Raises ShardError for a shard without frames.
    """
    rows: list[Row] = []
    scores: set[tuple[int, ...]] = set()
    for path in shards_in(paths):
        with Shard(path) as shard:
            shard.require("expressions", "frames")
            owner, pspi = shard.read("frames", "identity_row"), shard.read("expressions", "PSPI")
            expression = shard.read("frames", "expression_row")
            frame_pspi = pspi[expression]
            others = np.array(shard.read("expressions", "other"))[expression]
            names = np.array(shard.read("frames", "occluders")) if by == "occluders" else others
            for person in range(shard.rows("identities")):
                lines = [
                    shard.read("identities", name, person) for name in ("name", "age_group", "gender", "ethnicity")
                ]
                frames = np.flatnonzero(owner == person)
                keys = [frame_pspi[frames]] if by == "pspi" else [frame_pspi[frames], names[frames]]
                frames = frames[np.lexsort(keys)].tolist()
                scores.add(tuple(frame_pspi[frames].tolist()))
                label = "\n".join([*lines, "PSPI " + " ".join(map(str, np.unique(frame_pspi[frames])))])
                captions = [[*filter(None, [names[row]]), f"PSPI {frame_pspi[row]}"] for row in frames]
                if by == "pspi":
                    captions = [[] for _ in frames]
                pictures = (_picture(shard, "frames", "image", row) for row in frames)
                rows.append((label, [captioned(*pair, tile) for pair in zip(pictures, captions, strict=True)]))
    _require_pictures(rows, paths)
    if by != "pspi" or len(scores) != 1:
        return [], rows
    (shared,) = scores
    return [f"PSPI {score}" if score not in shared[:index] else "" for index, score in enumerate(shared)], rows


def _require_pictures(rows: list[Row], paths: Sequence[Path]) -> list[Row]:
    if not any(pictures for _, pictures in rows):
        raise ValueError(f"{', '.join(map(str, paths))}: no pictures of people to draw")
    return rows


def _person_rows(shard: Shard, person: int, most: int) -> list[tuple[str, list[np.ndarray]]]:
    name = shard.read("identities", "name", person)
    if shard.rows("frames"):
        return _frame_rows(shard, person, name, most)
    if shard.rows("portraits"):
        return [(name, [_picture(shard, "portraits", "image", person)])]
    if shard.rows("textures"):
        return [(name, [_picture(shard, "textures", "albedo", person)])]
    if shard.rows("depth"):
        return [(name, [np.uint8(255 * shard.read("depth", "depth", person))])]
    raise ValueError(f"{shard.path}: no pictures; run `painctl render-depth` on it first")


def _frame_rows(shard: Shard, person: int, name: str, most: int) -> list[tuple[str, list[np.ndarray]]]:
    """At most `most` expressions of a person, with the frames and heatmaps of each."""
    expressions = np.flatnonzero(shard.read("expressions", "identity_row") == person)
    scores = shard.read("expressions", "PSPI")[expressions]
    by_score = expressions[np.lexsort((expressions, scores))]
    expression_of = shard.read("frames", "expression_row")
    rows = []
    for expression in by_score[evenly_spaced(len(by_score), most)].tolist():
        labels = shard.row("expressions", expression)
        units = [f"{unit} {labels[unit]}" for unit in ACTION_UNITS if labels[unit]]
        units += parts(labels.get("other", ""))
        pictures = []
        for frame in np.flatnonzero(expression_of == expression)[:_VIEWS].tolist():
            pictures += [_picture(shard, "frames", column, frame) for column in ("image", "heatmap")]
        rows.append(("\n".join([name, f"PSPI {labels['PSPI']}", *units]), pictures))
    return rows


def _picture(shard: Shard, table: str, column: str, row: int) -> np.ndarray:
    try:
        return decode(shard.read(table, column, row))
    except ShardError:
        raise
    except ValueError as error:
        raise ValueError(f"{shard.path}: {table}/{column}, row {row}: {error}") from None
