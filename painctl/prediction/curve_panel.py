"""PSPI over the time of a video, as a panel of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from painctl.pain.action_units import MAX_PSPI
from painctl.plots.canvas import SMALL, TEXT, Canvas
from painctl.plots.text import POINTS, shortened, wrapped
from painctl.prediction.face_panel import MARGIN
from painctl.prediction.video_curve import PAIN, VideoCurve, runs_of, summarise_video

_LEFT: Final = 44  # pixels left of the axes, for their labels
_RIGHT: Final = 56  # and right of them, for the name of the pain line
_TOP: Final = 40
_PLOT: Final = 220
_BOTTOM: Final = 36
_LINE: Final = 15
_STEPS: Final = (*(n * 10.0**p for p in (-3, -2, -1, 0) for n in (1, 2, 5)), 10, 15, 30, 60, 120, 300, 600, 900, 1800)
_DENSE: Final = 1000  # frames; the line of a curve of as many is thin
_SPARSE: Final = 60  # frames; the points of a curve of fewer are marked


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """The curve of a video with its summary below."""

    curve: VideoCurve
    width: int = 900  # pixels, without margins

    @property
    def height(self) -> int:
        """Pixels."""
        return self._below + _LINE * len(self._summary) + 12

    @property
    def _below(self) -> int:
        """Pixels above the summary."""
        return _TOP + _PLOT + _BOTTOM + (0 if self.curve.is_timed else _LINE)  # for the name of the axis

    @property
    def _summary(self) -> list[str]:
        return wrapped(summarise_video(self.curve).sentence, self.width, SMALL)

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw it with its upper edge at `top`."""
        name = shortened(self.curve.name, self.width, TEXT + 2, "bold")
        canvas.text(name, MARGIN, top + 20, size=TEXT + 2, weight="bold")
        axes = canvas.axes(MARGIN + _LEFT, top + _TOP, self.width - _LEFT - _RIGHT, _PLOT)
        _draw_curve(axes, self.curve, canvas)
        for line, text in enumerate(self._summary):
            canvas.text(text, MARGIN, top + self._below + 8 + _LINE * line, size=SMALL, colour=canvas.theme.faint)


def _draw_curve(axes: Any, curve: VideoCurve, canvas: Canvas) -> None:
    theme, valid = canvas.theme, curve.valid
    x = curve.times if curve.is_timed else curve.frames.astype(float)
    spread = np.where(np.isfinite(curve.spread), curve.spread, 0)
    low, high = np.maximum(curve.pspi - spread, 0), np.minimum(curve.pspi + spread, MAX_PSPI)
    labels, width = [], 1.4 if len(valid) < _DENSE else 0.7
    if (spread > 0).any():
        axes.fill_between(x, low, high, where=valid, color=theme.estimate, alpha=0.22, linewidth=0)
        labels.append("band: ± expected standard deviation of the error")
    axes.plot(x, np.where(valid, curve.pspi, np.nan), color=theme.estimate, linewidth=width, solid_joinstyle="round")
    alone = np.array([first for first, last in runs_of(valid) if last - first == 1], int)
    marked = np.flatnonzero(valid) if len(valid) <= _SPARSE else alone  # a lone frame has no line
    axes.plot(x[marked], curve.pspi[marked], "o", color=theme.estimate, markersize=3.2, clip_on=False)
    step = float(np.median(np.diff(x))) if len(x) > 1 else 1.0
    for first, last in runs_of(~valid):
        axes.axvspan(x[first] - step / 2, x[last - 1] + step / 2, color=theme.fill, linewidth=0, zorder=0)
    if not valid.all():
        labels.append("shaded: no estimate")
    axes.axhline(PAIN, color=theme.ink, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1)
    top = min(MAX_PSPI, 4 * np.ceil((np.nanmax(high[valid]) + 0.2) / 4)) if valid.any() else MAX_PSPI
    axes.set(ylim=(0, top), xlim=_limits(x, step), ylabel="PSPI", xlabel="" if curve.is_timed else "frame")
    axes.yaxis.set_major_locator(_locator(1 if top <= 4 else 2 if top <= 8 else 4))
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.annotate(
        f"pain: {PAIN:g}", (1, PAIN), (4, 0), ("axes fraction", "data"), "offset points",
        va="center", fontsize=SMALL * POINTS, color=theme.ink,
    )  # fmt: skip
    if curve.is_timed:
        axes.xaxis.set_major_locator(_locator(_time_step(x)))
        axes.xaxis.set_major_formatter(lambda value, _: _tick(value))
    _mark_peak(axes, curve, x, canvas)
    if labels:
        axes.set_title("; ".join(labels), loc="right", fontsize=SMALL * POINTS, color=theme.faint, pad=4)


def _mark_peak(axes: Any, curve: VideoCurve, x: np.ndarray, canvas: Canvas) -> None:
    if not curve.valid.any():
        return
    from matplotlib.patheffects import withStroke

    theme, peak = canvas.theme, int(np.nanargmax(curve.pspi))
    low, high = axes.get_xlim()
    is_right = (x[peak] - low) / (high - low) > 0.85
    is_high = curve.pspi[peak] > 0.9 * axes.get_ylim()[1]
    halo = [withStroke(linewidth=3, foreground=theme.paper)]
    axes.plot(
        x[peak], curve.pspi[peak], "o", markersize=4.5, markerfacecolor=theme.paper, color=theme.estimate, clip_on=False
    )
    axes.annotate(
        f"peak {curve.pspi[peak]:.1f}", (x[peak], curve.pspi[peak]), (-8 if is_right else 8, -12 if is_high else 5),
        textcoords="offset points", ha="right" if is_right else "left", fontsize=SMALL * POINTS, color=theme.ink,
        path_effects=halo,
    )  # fmt: skip


def _limits(x: np.ndarray, step: float) -> tuple[float, float]:
    """The ends of the time axis, apart also for a single frame."""
    first, last = (float(x.min()), float(x.max())) if len(x) else (0.0, 1.0)
    return (first, last) if last > first else (first - step / 2, first + step / 2)


def _time_step(times: np.ndarray) -> float:
    """Seconds between two ticks, for at most ten of them."""
    span = float(times.max() - times.min()) / 10 if len(times) else 0.0
    return next((step for step in _STEPS if step >= span), 3600 * float(np.ceil(span / 3600)))


def _tick(seconds: float) -> str:
    """A time as short as it can be: 0.5 s, 40 s, 1:20, 1:00:00."""
    if seconds < 60:
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _locator(step: float) -> Any:
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(step)
