"""Merges the folds of a run into its report and writes the report's files into the run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from painctl.evidence import pictures, tables
from painctl.evidence.report import Report, report
from painctl.evidence.run import Frames, read_run
from painctl.files.fields import check_fields, table, text
from painctl.files.publish import atomic_write
from painctl.files.seals import sealed_json, write_sums
from painctl.plots.themes import Theme

_ABOUT: Final = {"model": text(), "architecture": table()}


def merge_run(folder: Path, theme: Theme) -> Report:
    """The report of a run, also written to its folder.

    The files are scores.csv, confusion.csv, action_units.csv and groups.csv if there is something in them,
    predictions.csv, run.json (everything), table.tex, roc and scatter in each of `pictures.FORMATS`, drawn in `theme`,
    and SHA256SUMS with the checksums of these and the folds. Raises as `read_run` does.
    """
    folds = read_run(folder)
    check_fields(folds[0].description, _ABOUT, f"{folder}: about", others=True)
    result = report(folds)
    frames = Frames.joined([fold.frames for fold in folds])
    record = {
        "about": folds[0].description,
        "scores": result.as_record(),
        "folds": [fold.as_record() | {"about": None} for fold in folds],
    }
    files = {
        "scores.csv": tables.as_csv(result).encode(),
        "confusion.csv": tables.confusion_csv(result).encode(),
        **({"action_units.csv": tables.units_csv(result).encode()} if result.action_units else {}),
        **({"groups.csv": tables.groups_csv(result).encode()} if result.by_group else {}),
        "predictions.csv": tables.predictions_csv(folds).encode(),
        "run.json": sealed_json(record).encode(),
        "table.tex": tables.as_latex(result, _model_name(folds[0].description)).encode(),
        **pictures.figure_files(frames, theme, result.label),
    }
    for name, data in files.items():
        atomic_write(folder / name, data)
    write_sums(folder, [*files, *(f"fold-{fold.fold}.json" for fold in folds)])
    return result


def _model_name(description: Mapping[str, Any]) -> str:
    """The model's name in a table: its kind, and the parts that were left out."""
    kind, architecture = str(description["model"]), description["architecture"]
    labels = {"reference": "no reference", "binary": "no binary head", "action_units": "no AU queries"}
    left_out = [label for part, label in labels.items() if part in architecture and not architecture[part]]
    if kind == "vitpain" and len(left_out) == len(labels):
        return "vanilla-vit"
    return ", ".join([kind, *left_out])
