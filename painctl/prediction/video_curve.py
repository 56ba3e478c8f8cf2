"""The estimates of a video over time, and their summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np

PAIN: Final = 1.0  # the PSPI from which on a face counts as in pain (Prkachin & Solomon, Pain 139, 2008)


@dataclass(frozen=True, eq=False)
class VideoCurve:
    """The N frames of a video that were read, in order."""

    name: str
    frames: np.ndarray  # int [N], index in the video
    times: np.ndarray  # float [N], seconds; NaN if unknown
    pspi: np.ndarray  # float [N]; NaN without an estimate
    spread: np.ndarray  # float [N], standard deviation expected of the error of `pspi`; NaN if unknown
    every: int = 1  # every N-th frame of the video was read

    @property
    def valid(self) -> np.ndarray:
        """Which frames have an estimate: bool [N]."""
        return np.isfinite(self.pspi)

    @property
    def is_timed(self) -> bool:
        """Whether the time of every frame is known."""
        return bool(np.isfinite(self.times).all())


class VideoCurveBuilder:
    """Collects the records of one video."""

    def __init__(self, name: str, every: int = 1) -> None:
        self._name, self._every = name, every
        self._rows: list[tuple[int, float, float, float]] = []

    def add(self, record: Mapping[str, Any]) -> None:
        """Add the record of a frame; one without a frame, that of a video that cannot be read, is left out."""
        if "frame" in record:
            time = record["time"]
            estimate = (float(record.get(name, np.nan)) for name in ("pspi", "pspi_sd"))
            self._rows.append((record["frame"], np.nan if time is None else time, *estimate))

    def curve(self) -> VideoCurve:
        """The frames so far."""
        frames, times, pspi, spread = np.array(self._rows, float).reshape(-1, 4).T
        return VideoCurve(self._name, frames.astype(int), times, pspi, spread, self._every)


@dataclass(frozen=True)
class Bout:
    """Consecutive frames at `PAIN` or above."""

    first_frame: int
    frames: int  # that were read
    start: float | None  # seconds; None if the video has no times
    seconds: float | None  # to the next frame that was read; of the last frame, one typical interval


@dataclass(frozen=True)
class VideoSummary:
    """A video in a few numbers, over the frames that have an estimate; nothing is smoothed."""

    video: str
    frames: int  # that were read
    valid: int  # of those, with an estimate
    every: int  # every N-th frame was read
    mean: float | None  # PSPI; None, as all of the following, if no frame has an estimate
    peak: float | None  # PSPI
    peak_frame: int | None
    peak_time: float | None  # seconds; None if unknown
    share: float | None  # of the valid frames, at `PAIN` or above
    longest_bout: Bout | None  # None if no frame is at `PAIN` or above; a frame without an estimate ends a bout
    smoothing: str = "none"

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON, PSPI and seconds with three decimals, shares with four."""
        names = {"mean": "mean_pspi", "peak": "peak_pspi", "share": "share_at_1_or_more"}
        digits = {"share": 4}
        record = {names.get(key, key): _rounded(value, digits.get(key, 3)) for key, value in asdict(self).items()}
        if self.longest_bout:
            record["longest_bout"] = {key: _rounded(value, 3) for key, value in asdict(self.longest_bout).items()}
        return record

    @property
    def sentence(self) -> str:
        """The summary for people, in one line without the name."""
        if self.mean is None or self.peak is None or self.share is None:
            return f"none of {self.frames:,} frames has an estimate"
        read = "" if self.every == 1 else f" (every {ordinal(self.every)} frame was read)"
        where = f"frame {self.peak_frame}" if self.peak_time is None else clock(self.peak_time)
        parts = [
            f"mean PSPI {self.mean:.1f}, peak {self.peak:.1f} at {where}",
            f"{100 * self.share:.0f} % of {self.valid:,} frames with an estimate at PSPI 1 or more{read}",
        ]
        if bout := self.longest_bout:
            begun = f"frame {bout.first_frame}" if bout.start is None else clock(bout.start)
            length = f"{bout.frames:,} frames" if bout.seconds is None else duration(bout.seconds)
            parts.append(f"longest bout {length} from {begun}")
        return "; ".join([*parts, "not smoothed"])


def summarise_video(curve: VideoCurve) -> VideoSummary:
    """The summary of a curve."""
    valid = curve.valid
    common = (curve.name, len(valid), int(valid.sum()), curve.every)
    if not valid.any():
        return VideoSummary(*common, None, None, None, None, None, None)
    peak = int(np.nanargmax(curve.pspi))
    in_pain = valid & (curve.pspi >= PAIN)
    return VideoSummary(
        *common,
        mean=float(curve.pspi[valid].mean()),
        peak=float(curve.pspi[peak]),
        peak_frame=int(curve.frames[peak]),
        peak_time=_or_none(curve.times[peak]),
        share=float(in_pain[valid].mean()),
        longest_bout=_longest_bout(curve, in_pain),
    )


def clock(seconds: float) -> str:
    """A time in a video, such as 4.2 s, 1:04.2 or 1:00:04."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds, 1), 60)
    if minutes < 60:
        return f"{minutes:.0f}:{rest:04.1f}"
    return f"{minutes // 60:.0f}:{minutes % 60:02.0f}:{rest:02.0f}"


def duration(seconds: float) -> str:
    """A length of time, such as 4.2 s or 2 min 23 s."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{round(seconds) // 60} min {round(seconds) % 60} s"


def ordinal(number: int) -> str:
    """2nd, 3rd, 4th, 11th, 21st, ..."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def runs_of(mask: np.ndarray) -> list[tuple[int, int]]:
    """The stretches of true values of bool [N], as (first, after the last)."""
    edges = np.flatnonzero(np.diff(np.r_[False, mask, False].astype(np.int8)))
    return [*zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def _longest_bout(curve: VideoCurve, in_pain: np.ndarray) -> Bout | None:
    times, is_timed = curve.times, curve.is_timed
    steps = np.diff(times)
    ends = np.append(times[1:], times[-1] + (float(np.median(steps)) if len(steps) else 0.0))
    bouts = [
        Bout(
            int(curve.frames[first]),
            last - first,
            float(times[first]) if is_timed else None,
            float(ends[last - 1] - times[first]) if is_timed else None,
        )
        for first, last in runs_of(in_pain)
    ]
    return max(bouts, key=lambda bout: bout.frames if bout.seconds is None else bout.seconds, default=None)


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rounded(value: Any, digits: int) -> Any:
    return round(value, digits) if isinstance(value, float) else value
