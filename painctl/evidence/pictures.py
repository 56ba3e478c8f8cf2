"""Two figures of a run as PNG bytes: ROC curves, and estimates against labels."""

from __future__ import annotations

import io
import logging
from typing import Any

import numpy as np

from painctl.evidence.calibration import reliability
from painctl.evidence.metrics import LEVELS
from painctl.evidence.run import Frames
from painctl.pain.labels import PSPI
from painctl.runs.draws import draws

_SHARES = (-0.02, 1.02)  # keeps curves clear of the axes
_COLOURS = ("#4477aa", "#ee6677", "#228833")  # Paul Tol's bright scheme, safe for colour-blind readers


def roc_picture(frames: Frames, label: str = PSPI) -> bytes:
    """ROC curves of the pooled frames at PSPI, or another label, >= 1, 2, 3, for the levels with both classes."""
    from sklearn.metrics import roc_auc_score, roc_curve

    figure, axes = _figure()
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for level, colour in zip(LEVELS, _COLOURS, strict=True):
        positive = frames.pspi >= level
        if positive.any() and not positive.all():
            false, true, _ = roc_curve(positive, frames.estimate)
            area = roc_auc_score(positive, frames.estimate)
            axes.plot(false, true, color=colour, label=f"{label} ≥ {level}: {area:.3f}")
    axes.set(xlabel="false positive rate", ylabel="true positive rate", xlim=_SHARES, ylim=_SHARES, aspect="equal")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", frameon=False, title="area under the curve")
    return _png(figure)


def scatter_picture(frames: Frames, seed: int = 0, label: str = PSPI) -> bytes:
    """Estimate against PSPI, or another label, one dot per frame, jittered by less than half a PSPI step.

    If the run predicts a probability of PSPI >= 1, its reliability diagram is drawn beside it.
    """
    probability = frames.probability.get("1")
    figure, axes = _figure(1 if probability is None else 2)
    first = axes if probability is None else axes[0]
    jittered = frames.pspi + draws(seed, -1, "scatter").uniform(-0.3, 0.3, len(frames.pspi))
    first.plot([0, 16], [0, 16], color="0.7", linewidth=1)
    first.scatter(
        jittered, frames.estimate, s=5, alpha=max(0.05, min(0.6, 200 / len(jittered))), linewidths=0, c=_COLOURS[0]
    )
    levels = np.unique(frames.pspi)
    first.plot(levels, [frames.estimate[frames.pspi == level].mean() for level in levels], "o-", color=_COLOURS[1])
    top = max(1.0, float(max(frames.pspi.max(), frames.estimate.max()))) + 0.5
    first.set(xlabel=label, ylabel="estimate (red: mean)", xlim=(-0.5, top), ylim=(-0.5, top), aspect="equal")
    if probability is not None:
        predicted, observed, count = reliability(frames.pspi >= 1, probability)
        axes[1].plot([0, 1], [0, 1], color="0.7", linewidth=1)
        axes[1].plot(predicted, observed, "-", color=_COLOURS[0])
        axes[1].scatter(predicted, observed, s=10 + 150 * count / count.max(), color=_COLOURS[0])
        axes[1].set(
            xlabel=f"probability of {label} ≥ 1",
            ylabel=f"share with {label} ≥ 1",
            xlim=_SHARES,
            ylim=_SHARES,
            aspect="equal",
        )
    return _png(figure)


def _figure(panels: int = 1) -> tuple[Any, Any]:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it warns of a home folder that cannot be written
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.5 * panels, 4.5), dpi=150, layout="constrained")
    return figure, figure.subplots(1, panels)


def _png(figure: Any) -> bytes:
    data = io.BytesIO()
    figure.savefig(
        data, format="png", metadata={"Software": None}
    )  # leaves out matplotlib's version, so the bytes repeat
    return data.getvalue()
