"""A cross-validation's result as it stands on disk: one JSON file a fold, every prediction in it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from painctl.evidence.metrics import LEVELS

FORMAT: Final = "painctl-cv-fold/1"
_TEXT, _NUMBERS = ("frame", "subject"), ("pspi", "estimate")


@dataclass(frozen=True, eq=False)
class Frames:
    """N tested frames: who, what is true, what was said."""

    frame: np.ndarray  # str [N]
    subject: np.ndarray  # str [N]
    pspi: np.ndarray  # float64 [N], 0..16
    estimate: np.ndarray  # float64 [N], 0..16
    decided: np.ndarray  # bool [3, N], the estimate is at or above the cut of its fold, by `LEVELS`
    probability: Mapping[str, np.ndarray]  # float64 [N], of PSPI >= a level, by the level's name; of the binary heads
    aus: Mapping[str, np.ndarray]  # float64 [N], estimated intensities by unit; empty without that head
    groups: Mapping[str, np.ndarray]  # str [N], what is known of the people

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
            decided=np.concatenate([part.decided for part in parts], axis=1),
            probability=tables("probability"),
            aus=tables("aus"),
            groups=tables("groups"),
        )


@dataclass(frozen=True, eq=False)
class FoldResult:
    """What one fold's model says of the people that it has not seen."""

    fold: int  # from 1
    of: int
    about: Mapping[str, Any]  # what all folds of a run share: dataset, model, settings
    trained: Sequence[str]  # people
    validated: Sequence[str]  # people who chose the epoch
    cuts: Mapping[int, float]  # through the estimate, by level, chosen on the people above
    frames: Frames

    def as_json(self) -> str:
        """The text of its file."""
        shown = self.frames
        columns = {
            **{name: getattr(shown, name).tolist() for name in (*_TEXT, *_NUMBERS)},
            **{
                table: {key: values.tolist() for key, values in getattr(shown, table).items()}
                for table in ("probability", "aus", "groups")
            },
        }
        record = {
            "format": FORMAT,
            "fold": self.fold,
            "of": self.of,
            "about": self.about,
            "trained": list(self.trained),
            "validated": list(self.validated),
            "cuts": {str(level): cut for level, cut in self.cuts.items()},
            "frames": columns,
        }
        return json.dumps(record, indent=1) + "\n"


def decide(estimate: np.ndarray, cuts: Mapping[int, float]) -> np.ndarray:
    """Whether estimates [N] reach each level's cut: bool [3, N]."""
    return np.stack([estimate >= cuts[level] for level in LEVELS])


def read_fold(text: str, name: str) -> FoldResult:
    """The fold that a file's text holds. Raises ValueError, which gives `name`, for what is no fold of painctl."""
    try:
        record = json.loads(text)
        if record["format"] != FORMAT:
            raise ValueError(f"format {record['format']!r}")
        columns, cuts = record["frames"], {int(level): float(cut) for level, cut in record["cuts"].items()}
        numbers = {key: np.asarray(columns[key], float) for key in _NUMBERS}

        def table(name: str, kind: type) -> dict[str, np.ndarray]:
            return {str(key): np.asarray(values, kind) for key, values in columns[name].items()}

        frames = Frames(
            frame=np.asarray(columns["frame"], str),
            subject=np.asarray(columns["subject"], str),
            pspi=numbers["pspi"],
            estimate=numbers["estimate"],
            decided=decide(numbers["estimate"], cuts),
            probability=table("probability", float),
            aus=table("aus", float),
            groups=table("groups", str),
        )
        every = [frames.frame, frames.subject, *numbers.values()]
        every += [values for part in (frames.probability, frames.aus, frames.groups) for values in part.values()]
        if len({len(values) for values in every}) != 1 or not np.isfinite([*numbers.values()]).all():
            raise ValueError("its columns differ in length or hold what is no number")
        known = {key: record[key] for key in ("about", "trained", "validated")}
        return FoldResult(int(record["fold"]), int(record["of"]), cuts=cuts, frames=frames, **known)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise ValueError(f"{name}: not a fold that painctl cv wrote ({reason}); run that fold again") from None


def complete(folds: Sequence[FoldResult], name: str) -> tuple[FoldResult, ...]:
    """The folds of one run, in order.

    Raises ValueError, which gives `name`, if one is missing, if they are of different runs, if a person or a frame is
    tested twice, or if somebody is tested who trained the fold's model or chose its epoch.
    """
    if not folds:
        raise ValueError(f"{name}: no fold in it; run painctl cv with -o {name}")
    first = folds[0]
    for other in folds:
        if (other.of, other.about) != (first.of, first.about):
            odd = sorted(key for key in {**first.about, **other.about} if first.about.get(key) != other.about.get(key))
            what = ", ".join(odd) or "the number of folds"
            raise ValueError(f"{name}: folds {first.fold} and {other.fold} are of different runs ({what} differs)")
    if missing := sorted(set(range(1, first.of + 1)) - {fold.fold for fold in folds}):
        raise ValueError(
            f"{name}: no fold {', '.join(map(str, missing))} of {first.of}; run painctl cv --fold {missing[0]}"
        )
    for fold in folds:
        if len(np.unique(fold.frames.frame)) != len(fold.frames.frame):
            raise ValueError(f"{name}: fold {fold.fold} tests a frame twice")
        if known := sorted({*fold.trained, *fold.validated}.intersection(fold.frames.subject.tolist())):
            raise ValueError(f"{name}: fold {fold.fold} tests {known[0]}, who trained its model")
    people = [set(fold.frames.subject.tolist()) for fold in folds]
    if sum(map(len, people)) != len(set.union(*people)):
        raise ValueError(f"{name}: a person is tested in two folds; the folds are of different data")
    return tuple(sorted(folds, key=lambda fold: fold.fold))
