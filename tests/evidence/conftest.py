"""Runs with synthetic predictions, as painctl cv would write them."""

import numpy as np
import pytest

from painctl.evidence.run import FoldResult, Frames, decide

CUTS = {1: 0.8, 2: 1.9, 3: 2.6}


def make_run(skill=1.0, seed=0, people=10, frames=30, of=5, description=None):
    """Folds of a run whose estimate is skill * PSPI + noise."""
    subject = np.repeat([f"{person:03d}" for person in range(people)], frames)
    truth = np.random.default_rng(99)
    pspi = np.maximum(0, truth.integers(-6, 9, len(subject))).astype(float)
    estimate = (skill * pspi + np.random.default_rng(seed).normal(0, 2, len(subject))).clip(0, 16)
    folds = []
    for fold in range(of):
        rows = np.flatnonzero(np.arange(people).repeat(frames) % of == fold)
        others = [f"{person:03d}" for person in range(people) if person % of != fold]
        test_frames = Frames(
            frame=np.array([f"{subject[row]}/{row}" for row in rows]),
            subject=subject[rows],
            pspi=pspi[rows],
            estimate=estimate[rows],
            decisions=decide(estimate[rows], CUTS),
            probability={"1": (estimate[rows] / 8).clip(0, 1)},
            aus={"AU4": estimate[rows] / 4, "AU7": estimate[rows] / 3},
            labels={"AU4": np.where(rows % 7, pspi[rows] // 2, np.nan)},
            groups={"age_group": np.where(rows % 2, "young", "elderly")},
        )
        description = description or {"dataset": "made", "model": "vitpain"}
        median = float(np.median(pspi[np.isin(subject, others)]))
        folds.append(FoldResult(fold + 1, of, description, others[1:], others[:1], CUTS, median, test_frames))
    return folds


@pytest.fixture
def run():
    return make_run
