"""cv: cross-validation by people, a file a fold, and the report that all folds together make."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from painctl.evidence import pictures, tables
from painctl.evidence.compare import delong, permutation
from painctl.evidence.report import Report, report, sums_of
from painctl.evidence.run import FoldResult, Frames, complete, read_fold
from painctl.files.publish import atomic_write
from painctl.runs.description import difference

if TYPE_CHECKING:
    from painctl.dataset.opening import LabelledDataset
    from painctl.vitpain.interface import PainModel
    from painctl.vitpain.settings import TrainingSettings


def run_folds(
    data: LabelledDataset,
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
    """Train and test the `chosen` folds (from 0) of a dataset into `folder`/fold-K.json, K from 1.

    A fold that is there is kept; one that was broken off goes on. `fold_of` is int [N], see `evidence.folds`. Raises
    ValueError if a fold there is of another run, and as `run_fold` does.
    """
    from painctl.runs.processes import is_main, wait
    from painctl.runs.resume import Keeper
    from painctl.stages.pretrain import describe, recorded
    from painctl.vitpain.evaluation import run_fold

    folder.mkdir(parents=True, exist_ok=True)
    for fold in chosen:
        model = build()
        about = describe(data.content, model, settings) | {"folds": fold_of.tolist()}
        path = folder / f"fold-{fold + 1}.json"
        if path.exists():
            _same_run(path, about)
            continue
        keeper = Keeper(folder / f"fold-{fold + 1}.partial", about | {"fold": fold + 1}, seconds)
        heard = recorded(folder / f"fold-{fold + 1}.log.jsonl", _numbered(log, fold + 1), [])
        result = run_fold(data.source, fold_of, fold, model, settings, about, heard, device, keeper)
        if is_main():
            atomic_write(path, result.as_json().encode())
            keeper.clear()
        wait()


def read_run(folder: Path) -> tuple[FoldResult, ...]:
    """All folds of a run. Raises ValueError or OSError that names what is missing or no fold."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; a run is the folder that painctl cv -o wrote")
    files = sorted(folder.glob("fold-*.json"))
    return complete([read_fold(file.read_text(), str(file)) for file in files], str(folder))


def merge(folder: Path) -> Report:
    """The report of a run's folds, which also becomes files in its folder.

    scores.csv, predictions.csv, run.json (everything), table.tex, roc.png, scatter.png.
    """
    folds = read_run(folder)
    found = report(folds)
    frames = Frames.joined([fold.frames for fold in folds])
    record = {
        "about": folds[0].about,
        "scores": found.as_record(),
        "folds": [json.loads(fold.as_json()) | {"about": None} for fold in folds],
    }
    written = {
        "scores.csv": tables.as_csv(found).encode(),
        "predictions.csv": tables.predictions_csv(folds).encode(),
        "run.json": (json.dumps(record, indent=1) + "\n").encode(),
        "table.tex": tables.as_latex(found, _called(folds[0].about)).encode(),
        "roc.png": pictures.roc_picture(frames),
        "scatter.png": pictures.scatter_picture(frames),
    }
    for name, data in written.items():
        atomic_write(folder / name, data)
    return found


def compare(first: Path, second: Path, seed: int = 0) -> dict[str, dict[str, float | None]]:
    """Each score of two runs over all frames: `first`, `second`, the test's `p` and the test by name.

    The frames are matched by name. Raises ValueError if the runs did not predict the same frames of the same truth.
    """
    runs = [Frames.joined([fold.frames for fold in read_run(folder)]) for folder in (first, second)]
    runs = [_ordered(frames) for frames in runs]
    a, b = runs
    for what in ("frame", "subject", "pspi"):
        if not np.array_equal(getattr(a, what), getattr(b, what)):
            raise ValueError(f"{second}: not of the frames that {first} predicted ({what} differs); nothing to pair")
    one, other = sums_of(a), sums_of(b)
    pooled = [one.pooled(), other.pooled()]
    shuffled = permutation(one, other, seed)
    found: dict[str, dict[str, Any]] = {}
    for name in pooled[0]:
        test, p = ("permutation of people", shuffled[name]) if name in shuffled else (None, None)
        if name.startswith("AUROC@"):
            test, p = "DeLong", delong(a.pspi >= int(name[-1]), a.estimate, b.estimate)[2]
        found[name] = {"first": pooled[0][name], "second": pooled[1][name], "p": p, "test": test}
    return found


def _called(about: Mapping[str, Any]) -> str:
    """What a table calls the model of a run: its kind, and which of its parts were left out."""
    kind, built = str(about["model"]), about["architecture"]
    told = {"reference": "no reference", "binary": "no binary head", "action_units": "no AU queries"}
    left_out = [words for part, words in told.items() if part in built and not built[part]]
    if kind == "vitpain" and len(left_out) == len(told):
        return "vanilla-vit"
    return ", ".join([kind, *left_out])


def _same_run(path: Path, about: dict[str, Any]) -> None:
    old = read_fold(path.read_text(), str(path)).about
    if odd := difference(old, json.loads(json.dumps(about))):
        raise ValueError(f"{path}: of a run with {odd}; give another -o, or delete the folder")


def _numbered(log: Callable[[dict[str, Any]], None], fold: int) -> Callable[[dict[str, Any]], None]:
    return lambda row: log({"fold": fold, **row})


def _ordered(frames: Frames) -> Frames:
    """The frames by name."""
    order = np.argsort(frames.frame)
    columns = {name: getattr(frames, name)[order] for name in ("frame", "subject", "pspi", "estimate")}
    return replace(frames, **columns, decided=frames.decided[:, order], probability={}, aus={}, groups={})
