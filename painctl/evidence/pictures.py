"""Two figures of a run: ROC curves, and estimates against labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from painctl.evidence.calibration import reliability
from painctl.evidence.metrics import LEVELS
from painctl.evidence.run import Frames
from painctl.pain.action_units import MAX_PSPI
from painctl.pain.labels import PSPI
from painctl.plots.figures import drawing, encoded
from painctl.plots.themes import Theme
from painctl.runs.draws import draws

FORMATS: Final = ("png", "pdf", "svg")
_SHARES: Final = (-0.02, 1.02)  # keeps curves clear of the axes
_DASHES: Final = ((0, ()), (0, (5, 1.5)), (0, (1.5, 1.2)))  # also tell curves apart in print without colour
_PANEL: Final = 4.6  # inches, a side
_AXES: Final = (0.65, 0.55, 3.7)  # inches: left, bottom and side in a panel


def figure_files(frames: Frames, theme: Theme, label: str = PSPI, seed: int = 0) -> dict[str, bytes]:
    """Both figures as files in each of `FORMATS`, by name; `label` is what the frames' labels are."""
    figures: dict[str, Callable[[], Any]] = {
        "roc": lambda: roc_figure(frames, theme, label),
        "scatter": lambda: scatter_figure(frames, theme, label, seed),
    }
    files: dict[str, bytes] = {}
    with drawing(theme):
        for name, draw in figures.items():
            figure = draw()
            files |= {f"{name}.{form}": encoded([figure], f".{form}") for form in FORMATS}
    return files


def roc_figure(frames: Frames, theme: Theme, label: str = PSPI) -> Any:
    """ROC curves of the pooled frames at each of `LEVELS` of a label, where both classes occur, as a figure."""
    from sklearn.metrics import roc_auc_score, roc_curve

    figure, (axes,) = _figure(1)
    axes.plot([0, 1], [0, 1], color=theme.rule, linewidth=1)
    for level, colour, dashes in zip(LEVELS, theme.series, _DASHES, strict=True):
        positive = frames.pspi >= level
        if positive.any() and not positive.all():
            false, true, _ = roc_curve(positive, frames.estimate)
            area = roc_auc_score(positive, frames.estimate)
            axes.plot(false, true, color=colour, linestyle=dashes, label=f"{label} ≥ {level}: {area:.3f}")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", xlim=_SHARES, ylim=_SHARES)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", title="area under the curve")
    _title(axes, f"ROC curves of {_counted(frames)}", theme)
    return figure


def scatter_figure(frames: Frames, theme: Theme, label: str = PSPI, seed: int = 0) -> Any:
    """Estimate against PSPI, or another label, one dot per frame, jittered by less than half a PSPI step, as a figure.

    If the run predicts a probability of PSPI >= 1, its reliability diagram is drawn beside it.
    """
    probability = frames.probability.get("1")
    figure, panels = _figure(1 if probability is None else 2)
    _draw_estimates(panels[0], frames, theme, label, seed)
    if probability is not None:
        _draw_reliability(panels[1], frames.pspi >= 1, probability, theme, label)
    return figure


def _draw_estimates(axes: Any, frames: Frames, theme: Theme, label: str, seed: int) -> None:
    jittered = frames.pspi + draws(seed, -1, "scatter").uniform(-0.3, 0.3, len(frames.pspi))
    axes.plot([0, MAX_PSPI], [0, MAX_PSPI], color=theme.rule, linewidth=1)
    opacity = max(0.08, min(0.7, 500 / len(jittered)))
    axes.scatter(
        jittered, frames.estimate, s=5, alpha=opacity, linewidths=0, c=theme.series[0],
        rasterized=True, label="a frame, moved sideways at random",
    )  # fmt: skip
    levels = np.unique(frames.pspi)
    means = [frames.estimate[frames.pspi == level].mean() for level in levels]
    axes.plot(levels, means, "o-", markersize=4, linewidth=1.2, color=theme.series[1], label="mean of the estimates")
    top = max(1.0, float(max(frames.pspi.max(), frames.estimate.max()))) + 0.5
    axes.set(xlabel=label, ylabel="estimate of PSPI", xlim=(-0.5, top), ylim=(-0.5, top))
    for handle in axes.legend(loc="upper left", markerscale=1.2).legend_handles:
        handle.set_alpha(1)
    _title(axes, f"estimates of {_counted(frames)}", theme)


def _draw_reliability(axes: Any, positive: np.ndarray, probability: np.ndarray, theme: Theme, label: str) -> None:
    predicted, observed, count = reliability(positive, probability)
    axes.plot([0, 1], [0, 1], color=theme.rule, linewidth=1)
    axes.plot(predicted, observed, "-", color=theme.series[0], linewidth=1.2)
    axes.scatter(predicted, observed, s=10 + 150 * count / count.max(), color=theme.series[0])
    axes.set(
        xlabel=f"estimated probability of {label} ≥ 1", ylabel=f"share of frames with {label} ≥ 1",
        xlim=_SHARES, ylim=_SHARES,
    )  # fmt: skip
    _title(axes, "reliability; the area of a dot grows with its number of frames", theme)


def _counted(frames: Frames) -> str:
    return f"{len(frames.pspi):,} frames of {len(np.unique(frames.subject)):,} people"


def _title(axes: Any, text: str, theme: Theme) -> None:
    axes.set_title(text, loc="left", fontsize="medium", color=theme.faint)


def _figure(panels: int) -> tuple[Any, list[Any]]:
    """A figure with square axes side by side."""
    from matplotlib.figure import Figure

    size = _PANEL * panels, _PANEL
    figure = Figure(figsize=size, dpi=150)
    left, bottom, side = _AXES
    places = [((left + _PANEL * panel) / size[0], bottom / size[1]) for panel in range(panels)]
    return figure, [figure.add_axes((*place, side / size[0], side / size[1])) for place in places]
