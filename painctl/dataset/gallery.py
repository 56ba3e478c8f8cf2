"""Rows of pictures from shards, for a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from painctl.dataset.summary import shards_in
from painctl.images.encode import decode
from painctl.images.resize import thumbnail
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.heatmap import FULL_HEAT, colourise
from painctl.pain.other_actions import parts
from painctl.plots.contact_sheet import Row, Tile, evenly_spaced
from painctl.plots.scales import HeatScale
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError

HEAT: Final = HeatScale(
    "heat: displacement of the skin",
    colourise(np.linspace(0, 1, 120)),
    "0",
    f"{FULL_HEAT} of the distance between the eyeballs or more",
)
_FRAMES: Final = "frames"
# at most, on a contact sheet
_PEOPLE = 12
_ROWS = 24
_VIEWS = 12  # of an expression


@dataclass(frozen=True, eq=False)
class SheetContent:
    """What a contact sheet shows."""

    titles: Sequence[str]  # of the columns; empty if they have none in common
    rows: Sequence[Row]
    scale: HeatScale | None = None  # of the heatmaps, if there are any


def sheet(paths: Sequence[Path], tile: int = 160) -> SheetContent:
    """A contact sheet of up to 12 people, evenly spaced, with the pictures of the latest stage of each.

    Frames are a row per expression in order of PSPI, each view beside its heatmap, unless the map is black; else
    portraits, albedo or depth. Pictures are scaled to `tile` pixels.
    """
    shards = shards_in(paths)
    chosen = [shards[index] for index in evenly_spaced(len(shards), _PEOPLE)]
    rows: list[Row] = []
    kinds: set[str] = set()  # of pictures
    for path in chosen:
        with Shard(path) as shard:
            people = evenly_spaced(shard.rows("identities"), max(1, _PEOPLE // len(chosen)))
            if not people:
                continue
            most = max(2, _ROWS // (len(people) * len(chosen)))
            kinds.add(kind := _kind(shard))
            for person in people:
                rows += _person_rows(shard, kind, person, most, tile)
    _require_pictures(rows, paths)
    if kinds != {_FRAMES}:
        return SheetContent([kinds.pop()] if len(kinds) == 1 else [], rows)
    views = max(len(row.tiles) for row in rows) // 2
    titles = [title for view in range(views) for title in (f"view {view}", "heatmap")]
    heated = [place for place in range(2 * views) if place % 2 == 0 or any(map(partial(_is_there, place), rows))]
    rows = [Row(row.label, [row.tiles[place] for place in heated if place < len(row.tiles)]) for row in rows]
    scale = HEAT if len(heated) > views else None
    return SheetContent([titles[place] for place in heated], rows, scale)


def gallery(paths: Sequence[Path], tile: int = 160, by: str = "pspi") -> SheetContent:
    """A row per person with all their frames, in order of PSPI or `by` other actions or occluders.

    Pictures have their PSPI as a caption, and in order of other actions or occluders the names of these too; if all
    people have the same scores, in order of PSPI, titles over the columns replace it. Raises ShardError for a shard
    without frames.
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
                tiles = []
                for row in frames:
                    named = [] if by == "pspi" else names[row].split("+")
                    caption = "\n".join([*filter(None, [" + ".join(named)]), f"PSPI {frame_pspi[row]}"])
                    tiles.append(Tile(thumbnail(_picture(shard, "frames", "image", row), tile), caption))
                rows.append(Row("\n".join(lines), tiles))
    _require_pictures(rows, paths)
    if by != "pspi" or len(scores) != 1:
        return SheetContent([], rows)
    (shared,) = scores
    titles = [f"PSPI {score}" if score not in shared[:index] else "" for index, score in enumerate(shared)]
    return SheetContent(titles, [Row(row.label, [Tile(tile.picture) for tile in row.tiles if tile]) for row in rows])


def _require_pictures(rows: Sequence[Row], paths: Sequence[Path]) -> None:
    if not any(row.tiles for row in rows):
        raise ValueError(f"{', '.join(map(str, paths))}: no pictures of people to draw")


def _is_there(place: int, row: Row) -> bool:
    return place < len(row.tiles) and row.tiles[place] is not None


def _kind(shard: Shard) -> str:
    """What the pictures of a shard show: those of its latest stage. Raises ValueError if it has none."""
    for table, kind in ((_FRAMES, _FRAMES), ("portraits", "portrait"), ("textures", "albedo"), ("depth", "depth")):
        if shard.rows(table):
            return kind
    raise ValueError(f"{shard.path}: no pictures; run `painctl render-depth` on it first")


def _person_rows(shard: Shard, kind: str, person: int, most: int, tile: int) -> list[Row]:
    name = shard.read("identities", "name", person)
    if kind == _FRAMES:
        return _frame_rows(shard, person, name, most, tile)
    if kind == "depth":
        picture = np.uint8(255 * shard.read("depth", "depth", person))
    else:
        picture = _picture(shard, *{"portrait": ("portraits", "image"), "albedo": ("textures", "albedo")}[kind], person)
    return [Row(name, [Tile(thumbnail(picture, tile))])]


def _frame_rows(shard: Shard, person: int, name: str, most: int, tile: int) -> list[Row]:
    """At most `most` expressions of a person, with the frames and heatmaps of each; a black heatmap is left out."""
    expressions = np.flatnonzero(shard.read("expressions", "identity_row") == person)
    scores = shard.read("expressions", "PSPI")[expressions]
    by_score = expressions[np.lexsort((expressions, scores))]
    expression_of = shard.read("frames", "expression_row")
    rows = []
    for expression in by_score[evenly_spaced(len(by_score), most)].tolist():
        labels = shard.row("expressions", expression)
        units = [f"{unit} {labels[unit]}".replace(" ", "\N{NO-BREAK SPACE}") for unit in ACTION_UNITS if labels[unit]]
        lines = [name, f"PSPI {labels['PSPI']}", *filter(None, [", ".join(units)]), *parts(labels.get("other", ""))]
        tiles: list[Tile | None] = []
        for frame in np.flatnonzero(expression_of == expression)[:_VIEWS].tolist():
            image, heat = (_picture(shard, "frames", column, frame) for column in ("image", "heatmap"))
            tiles += [Tile(thumbnail(image, tile)), Tile(thumbnail(heat, tile)) if heat.any() else None]
        rows.append(Row("\n".join(lines), tiles))
    return rows


def _picture(shard: Shard, table: str, column: str, row: int) -> np.ndarray:
    try:
        return decode(shard.read(table, column, row))
    except ShardError:
        raise
    except ValueError as error:
        raise ValueError(f"{shard.path}: {table}/{column}, row {row}: {error}") from None
