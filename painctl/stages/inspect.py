"""inspect: what shards, datasets and models hold, and pictures of shards on a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from painctl.corpora.table_files import CSV
from painctl.dataset.corpus_summary import describe_corpus
from painctl.dataset.export import manifest
from painctl.dataset.gallery import gallery
from painctl.dataset.gallery import sheet as sheet_of
from painctl.dataset.summary import describe, read_card
from painctl.extras import require
from painctl.files.names import printable_lines
from painctl.files.publish import atomic_write
from painctl.plots.contact_sheet import contact_sheet
from painctl.plots.figures import drawing, encoded
from painctl.plots.themes import THEMES
from painctl.records import UsageError
from painctl.shard.pipe import LINE, NO_INPUT, input_shards
from painctl.shard.schema import TABLES, Table
from painctl.vitpain.shipped import NAME, is_model_at, named_model


def run(
    inputs: Sequence[Path] | None, sheet: Path | None, gallery_by: str | None, theme: str, path_end: bytes = LINE
) -> dict[str, Any]:
    """What the inputs hold, as `describe` returns it; their contact sheet is written to `sheet`, if given.

    It is a gallery if `gallery_by` says in which order. `theme` is a name of `plots.themes`. `path_end` follows each
    path on stdin.
    """
    with input_shards(inputs, path_end) as shards:
        paths = _require(list(shards))
        summary = (describe_corpus(paths[0]) if _may_be_corpus(paths) else None) or describe(paths)
        if sheet:
            write_sheet(paths, sheet, theme, gallery_by)
        return summary


def model_among(inputs: Sequence[Path] | None) -> Path | None:
    """The model that is to be inspected, None if the inputs are shards; the name `painctl` is that of its own model.

    Raises UsageError for a model among other inputs.
    """
    for path in inputs or ():
        if str(path) == NAME or is_model_at(path):
            if len(inputs or ()) > 1:
                raise UsageError(f"{path}: a model; inspect it alone")
            return named_model(str(path), "MODEL")
    return None


def run_model(folder: Path) -> dict[str, Any]:
    """What a model is, as `describe_model` returns it."""
    require("predict", "inspect of a model")
    from painctl.vitpain.summary import describe_model

    return describe_model(folder)


def read_model_card(folder: Path) -> str:
    """The card of a model, in Markdown without control characters. Raises ValueError for a model without one."""
    from painctl.files.text import read_text
    from painctl.vitpain.summary import card_of

    return printable_lines(read_text(card_of(folder)))


def read_cards(inputs: Sequence[Path] | None, path_end: bytes = LINE) -> list[str]:
    """The cards of datasets, in Markdown without control characters. Raises ValueError for a shard without one."""
    with input_shards(inputs, path_end) as shards:
        return [printable_lines(read_card(path)) for path in _require(list(shards))]


def read_history(inputs: Sequence[Path] | None, path_end: bytes = LINE) -> tuple[Path, list[dict[str, Any]], int]:
    """The one shard or dataset among the inputs, its history, and its number of people.

    Raises UsageError for several, and as `describe`.
    """
    with input_shards(inputs, path_end) as shards:
        path, *others = _require(list(shards))
        if others:
            raise UsageError(f"--history: {path} and {others[0]} have one each; give a single shard")
        summary = describe([path])
        return path, summary.get("history", []), summary.get("identities", 0)


def write_sheet(paths: Sequence[Path], picture: Path, theme: str, gallery_by: str | None = None) -> None:
    """Write the contact sheet of shards, or their gallery, in the format of its suffix: complete or absent."""
    tile = 200 if gallery_by == "other" else 160  # room for captions
    content = gallery(paths, tile, gallery_by) if gallery_by else sheet_of(paths, tile)
    with drawing(THEMES[theme]):
        canvas = contact_sheet(content.rows, THEMES[theme], tile, content.titles, content.scale)
        data = encoded([canvas.figure], picture.suffix)
    atomic_write(picture, data)


def schema() -> tuple[Table, ...]:
    """Every table that a shard may have, in order."""
    return tuple(TABLES.values())


def _may_be_corpus(paths: Sequence[Path]) -> bool:
    """Whether the only path is a folder without shards, or a CSV file."""
    path = paths[0]
    if len(paths) > 1 or not path.is_dir():
        return len(paths) == 1 and path.suffix.lower() == CSV
    return not manifest(path) and not any(path.glob("*.h5"))


def _require(paths: list[Path]) -> list[Path]:
    if not paths:
        raise ValueError(NO_INPUT)
    return paths
