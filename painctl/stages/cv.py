"""cv: k-fold cross-validation over a dataset's people, as tables of scores and of single predictions."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from painctl.shard.reader import Shard
from painctl.stages.pairs import DatasetPairs
from painctl.vitpain.evaluation import CrossValidation, cross_validate
from painctl.vitpain.metrics import NAMES
from painctl.vitpain.model import ViTPain
from painctl.vitpain.settings import Settings


def cross_validated(
    dataset: Path,
    build: Callable[[], ViTPain],
    settings: Settings,
    folds: int,
    log: Callable[[dict[str, Any]], None] = lambda _: None,
) -> tuple[CrossValidation, str]:
    """The result, and the CSV of every prediction: fold, subject, frame, PSPI, estimate, probability.

    Raises ShardError for what is not a dataset, ValueError for more folds than people.
    """
    with Shard(dataset) as shard:
        source = DatasetPairs(shard)
        result = cross_validate(source, build, settings, folds, log)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["fold", "subject", "frame", "pspi", "estimate", "probability"])
    for fold in result.folds:
        for index, row in enumerate(fold.rows.tolist()):
            said = fold.predictions[index]
            truth = source.pspi[row]
            known = (fold.fold + 1, source.subject[row], source.names[row], truth)
            table.writerow([*known, f"{said.pspi:.4f}", f"{said.probability:.4f}"])
    return result, text.getvalue()


def score_table(result: CrossValidation) -> list[tuple[str, str, list[str]]]:
    """(score, mean ± standard deviation, its value in each fold) for every score; undefined folds are shown as -."""
    rows = []
    for name in NAMES:
        mean, deviation, defined = result.summary[name]
        note = "" if defined == len(result.folds) else f" ({defined} of {len(result.folds)} folds)"
        values = [fold.scores[name] for fold in result.folds]
        shown = [f"{value:.3f}" if value == value else "-" for value in values]
        rows.append((name, f"{mean:.3f} ± {deviation:.3f}{note}" if defined else "undefined", shown))
    return rows


def score_csv(result: CrossValidation) -> str:
    """The scores as CSV: a row a fold, then the mean and the standard deviation."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["fold", *NAMES])
    for fold in result.folds:
        table.writerow([fold.fold + 1, *(f"{fold.scores[name]:.6f}" for name in NAMES)])
    for index, label in enumerate(("mean", "std")):
        table.writerow([label, *(f"{result.summary[name][index]:.6f}" for name in NAMES)])
    return text.getvalue()
