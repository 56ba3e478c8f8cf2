"""cv: cross-validation by people, one file per fold, and the report of all folds together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from painctl.evidence.compare import compare_runs
from painctl.evidence.merge import merge_run
from painctl.evidence.report import Report
from painctl.evidence.run import Frames, read_run

if TYPE_CHECKING:
    from painctl.dataset.opening import Data
    from painctl.vitpain.interface import PainModel
    from painctl.vitpain.settings import TrainingSettings


def run_folds(
    data: Data,
    fold_of: np.ndarray,
    chosen: Iterable[int],
    folder: Path,
    build: Callable[[], PainModel],
    settings: TrainingSettings,
    *,
    device: str = "auto",
    seconds: float = 60,
    log: Callable[[dict[str, Any]], None] = lambda _: None,
) -> None:
    """Train and test the `chosen` folds (from 0) of a dataset; as `CrossValidation.run`."""
    from painctl.vitpain.cross_validation import CrossValidation

    CrossValidation(data.source, data.content, fold_of, build, settings).run(chosen, folder, device, seconds, log)


def merge(folder: Path) -> Report:
    """The report of a run's folds, also written to its folder; as `merge_run`."""
    return merge_run(folder)


def compare(first: Path, second: Path, seed: int = 0) -> dict[str, dict[str, Any]]:
    """Compare two runs in their folders; as `compare_runs`. Raises ValueError if they cannot be paired."""
    runs = [Frames.joined([fold.frames for fold in read_run(folder)]) for folder in (first, second)]
    try:
        return compare_runs(runs[0], runs[1], seed)
    except ValueError as error:
        raise ValueError(f"{second}: cannot be paired with {first}: {error}") from None
