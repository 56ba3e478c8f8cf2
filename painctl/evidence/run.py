"""The results of a cross-validation on disk: one sealed JSON file per fold, with every prediction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from painctl.evidence.fold_fields import FORMAT, NUMBERS, TEXT, fold_fields
from painctl.evidence.metrics import LEVELS
from painctl.files.reading import read_bytes
from painctl.files.seals import sealed_json
from painctl.files.text import json_text
from painctl.pain.labels import PSPI
from painctl.runs.description import difference

_NAME = re.compile(r"fold-\d+\.json")
_LARGEST = 1 << 30  # bytes of a fold's file


@dataclass(frozen=True, eq=False)
class Frames:
    """N test frames: labels and predictions."""

    frame: np.ndarray  # str [N], unique name
    subject: np.ndarray  # str [N]
    pspi: np.ndarray  # float64 [N], 0..16, or the label of the run in its place
    estimate: np.ndarray  # float64 [N], 0..16
    decisions: np.ndarray  # bool [3, N], the estimate reaches the fold's threshold for each of `LEVELS`
    probability: Mapping[str, np.ndarray]  # float64 [N], of PSPI >= the level in the key; one per binary head
    aus: Mapping[str, np.ndarray]  # float64 [N], estimated intensity by unit; empty without that head
    labels: Mapping[str, np.ndarray]  # float64 [N], labelled intensity by unit, NaN for a frame without that label
    groups: Mapping[str, np.ndarray]  # str [N] by attribute of the subject, such as age_group

    @classmethod
    def joined(cls, parts: Sequence[Frames]) -> Frames:
        """The frames of several folds, one after the other."""

        def column(name: str) -> np.ndarray:
            return np.concatenate([getattr(part, name) for part in parts])

        def tables(name: str) -> dict[str, np.ndarray]:
            shared = [key for key in getattr(parts[0], name) if all(key in getattr(part, name) for part in parts)]
            return {key: np.concatenate([getattr(part, name)[key] for part in parts]) for key in shared}

        return cls(
            frame=column("frame"),
            subject=column("subject"),
            pspi=column("pspi"),
            estimate=column("estimate"),
            decisions=np.concatenate([part.decisions for part in parts], axis=1),
            probability=tables("probability"),
            aus=tables("aus"),
            labels=tables("labels"),
            groups=tables("groups"),
        )


@dataclass(frozen=True, eq=False)
class FoldResult:
    """One fold's predictions for people that its model was not trained on."""

    fold: int  # from 1
    fold_count: int
    description: Mapping[str, Any]  # what all folds of a run share: dataset, model, settings
    trained: Sequence[str]  # people
    validated: Sequence[str]  # people, on whom the epoch was chosen
    cuts: Mapping[int, float]  # threshold on the estimate by level, chosen on people above
    median: float | None  # of the PSPI of all people above; None if the file is of an earlier version
    frames: Frames

    @property
    def label(self) -> str:
        """What `frames.pspi` holds: PSPI, or another label in its place, see `pain.labels`."""
        return str(self.description.get("label", PSPI))

    def as_record(self) -> dict[str, Any]:
        """The fields of the fold's file."""
        frames = self.frames
        columns = {
            **{name: getattr(frames, name).tolist() for name in (*TEXT, *NUMBERS)},
            **{
                table: {key: values.tolist() for key, values in getattr(frames, table).items()}
                for table in ("probability", "aus", "groups")
            },
            "labels": {
                unit: [None if label != label else label for label in values.tolist()]
                for unit, values in frames.labels.items()
            },
        }
        return {
            "format": FORMAT,
            "fold": self.fold,
            "of": self.fold_count,
            "about": self.description,
            "trained": list(self.trained),
            "validated": list(self.validated),
            "cuts": {str(level): cut for level, cut in self.cuts.items()},
            "median": self.median,
            "frames": columns,
        }

    def as_json(self) -> str:
        """The text of the fold's file. Raises ValueError for a number that is not finite."""
        return sealed_json(self.as_record())


def decide(estimate: np.ndarray, cuts: Mapping[int, float]) -> np.ndarray:
    """Whether estimates [N] reach each level's threshold: bool [3, N]."""
    return np.stack([estimate >= cuts[level] for level in LEVELS])


def read_run(folder: Path) -> tuple[FoldResult, ...]:
    """All folds of a run, in order. Raises OSError, or ValueError as `read_fold` and `ordered_run` do."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; a run is a folder written by painctl cv -o")
    folds = {path: read_fold(path) for path in sorted(folder.iterdir()) if _NAME.fullmatch(path.name)}
    for path, fold in folds.items():
        if path.name != f"fold-{fold.fold}.json":
            raise ValueError(f"{path}: holds fold {fold.fold}; rename it, or copy the run again")
    return ordered_run([*folds.values()], str(folder))


def read_fold(path: Path) -> FoldResult:
    """The fold in a file. Raises OSError, or ValueError that names the file and the field if it is not a fold."""
    return parse_fold(read_bytes(path, _LARGEST), str(path))


def parse_fold(data: bytes, name: str) -> FoldResult:
    """The fold in the bytes of a file. Raises ValueError, which names the file `name`, if it is not a fold."""
    record = fold_fields(data, name)
    columns, cuts = record["frames"], {level: float(record["cuts"][str(level)]) for level in LEVELS}
    estimate = np.asarray(columns["estimate"], float)

    def table(name: str, kind: type) -> dict[str, np.ndarray]:
        return {key: np.asarray(values, kind) for key, values in columns[name].items()}

    frames = Frames(
        frame=np.asarray(columns["frame"], str),
        subject=np.asarray(columns["subject"], str),
        pspi=np.asarray(columns["pspi"], float),
        estimate=estimate,
        decisions=decide(estimate, cuts),
        probability=table("probability", float),
        aus=table("aus", float),
        labels=table("labels", float),
        groups=table("groups", str),
    )
    return FoldResult(
        fold=record["fold"],
        fold_count=record["of"],
        description=record["about"],
        trained=record["trained"],
        validated=record["validated"],
        cuts=cuts,
        median=record.get("median"),
        frames=frames,
    )


def require_same_run(path: Path, description: Mapping[str, Any]) -> None:
    """Raise ValueError unless the fold in `path` is of the run that `description` identifies."""
    if changed := difference(read_fold(path).description, json.loads(json_text(dict(description)))):
        raise ValueError(f"{path}: result of a run with {changed}; use another -o, or delete the folder")


def ordered_run(folds: Sequence[FoldResult], name: str) -> tuple[FoldResult, ...]:
    """The folds of one run, in order.

    Raises ValueError, which names the folder `name`, if a fold is missing, if the folds are of different runs, if a
    person or a frame is tested twice, or if a fold's model was trained or validated on a person that it tests.
    """
    if not folds:
        raise ValueError(f"{name}: no fold in it; run painctl cv with -o {name}")
    first = folds[0]
    for fold in folds:
        if (fold.fold_count, fold.description) != (first.fold_count, first.description):
            keys = sorted({**first.description, **fold.description})
            keys_changed = [key for key in keys if first.description.get(key) != fold.description.get(key)]
            differing = ", ".join(keys_changed) or "the number of folds"
            raise ValueError(
                f"{name}: folds {first.fold} and {fold.fold} come from different runs ({differing} differs)"
            )
    if missing := sorted(set(range(1, first.fold_count + 1)) - {fold.fold for fold in folds}):
        raise ValueError(
            f"{name}: no fold {', '.join(map(str, missing))} of {first.fold_count}; run painctl cv --fold {missing[0]}"
        )
    for fold in folds:
        if len(np.unique(fold.frames.frame)) != len(fold.frames.frame):
            raise ValueError(f"{name}: fold {fold.fold} tests a frame twice")
        if leaked := _leaked(fold):
            raise ValueError(f"{name}: fold {fold.fold} tests {leaked}, on whom its model was trained")
    people = [set(fold.frames.subject.tolist()) for fold in folds]
    if sum(map(len, people)) != len(set.union(*people)):
        raise ValueError(f"{name}: a person is tested in two folds; the folds come from different datasets")
    return tuple(sorted((_with_median(fold, folds) for fold in folds), key=lambda fold: fold.fold))


def _leaked(fold: FoldResult) -> str:
    """A person on whom the model of a fold was trained and whom the fold tests; empty if there is none.

    People of two corpora are different people, also if both number them alike.
    """
    corpora = fold.description.get("corpora")
    if isinstance(corpora, Mapping) and corpora.get("trained") != corpora.get("tested"):
        return ""
    return min({*fold.trained, *fold.validated}.intersection(fold.frames.subject.tolist()), default="")


def _with_median(fold: FoldResult, folds: Sequence[FoldResult]) -> FoldResult:
    """The fold with its training people's median PSPI, which in a file of an earlier version is that of other folds."""
    if fold.median is not None:
        return fold
    frames, people = Frames.joined([other.frames for other in folds]), [*fold.trained, *fold.validated]
    pspi = frames.pspi[np.isin(frames.subject, people)]
    return replace(fold, median=float(np.median(pspi)) if len(pspi) else None)
