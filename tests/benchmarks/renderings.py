"""A model on rendered people who are new to it, by group: `python tests/benchmarks/renderings.py MODEL DATASET.h5...`.

DATASET.h5 is packed by `painctl pack` from people of seeds that no training used, for instance

    painctl sample-ids -n 80 --seed 501 | painctl texture --size 512 |
      painctl rig -k 8 --other natural --prior natural |
      painctl render-views --size 192 --yaw 0,30 --jitter 4 --camera varied --occluders natural |
      painctl pack --split 0,0,100 -o hard.h5

Printed, as Markdown: PCC, mean absolute error and AUROC at PSPI >= 1, with 95 % intervals from resampling people; the
PCC of each action unit; PCC by group of people, yaw and occluder; how much of the error the model's own deviation
covers; and what a strongly painful face gets beside its neutral face and beside itself.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
from sklearn.metrics import roc_auc_score

from painctl.dataset.opening import open_data
from painctl.evidence.metrics import pearson
from painctl.pain.action_units import ACTION_UNITS
from painctl.shard.reader import Shard
from painctl.vitpain.checkpoints import load
from painctl.vitpain.inference import Predictions, predict_pairs, predict_source
from painctl.vitpain.interface import PainModel
from painctl.vitpain.pairs import Pairs
from painctl.vitpain.sources import PairSource

RESAMPLES = 2000
YAWS = ((0, 10), (10, 25), (25, 35), (35, 60), (60, 90))  # degrees, to either side
STRONG = 9  # PSPI


def interval(measure: Callable[[np.ndarray], float], people: np.ndarray) -> str:
    """A measure of rows, and its 95 % interval from resampling people, str or int [N]."""
    rows = [np.flatnonzero(people == person) for person in np.unique(people)]
    rng, values = np.random.default_rng(0), []
    for _ in range(RESAMPLES):
        values.append(measure(np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return f"{measure(np.arange(len(people))):.3f} [{low:.3f}, {high:.3f}]"


def groups(path: Path, source: PairSource) -> Iterator[tuple[str, np.ndarray]]:
    """Names and rows, bool [N], of groups of a dataset's faces."""
    for values in source.groups.values():
        for value in np.unique(values):
            yield str(value), values == value
    with Shard(path) as shard:
        number = shard.read("expressions", "expression")[shard.read("frames", "expression_row")]
        yaw = np.abs(shard.read("frames", "yaw"))[number > 0]
        present = any(column.name == "occluders" for column in shard.columns("frames"))
        worn = np.array(shard.read("frames", "occluders") if present else [""] * len(number))[number > 0]
    for low, high in YAWS:
        yield f"yaw {low} to {high}", (low <= yaw) & (yaw < high)
    yield "nothing in the way", worn == ""
    for occluder in sorted({name for each in worn for name in each.split("+") if name}):
        yield occluder, np.array([occluder in each.split("+") for each in worn])


def beside_itself(model: PainModel, source: PairSource, strong: np.ndarray) -> np.ndarray:
    """PSPI of faces, int [n], each compared with itself: float32 [n]."""
    pairs = Pairs.for_model(model, source)
    return predict_pairs(model, ([(face, face)] for face in (pairs.references(int(i))[0][0] for i in strong))).pspi


def report(path: Path, model: PainModel) -> None:
    """Print the figures for a dataset."""
    with open_data(path) as data:
        source = data.source
        estimates = predict_source(model, source)
        strong = np.flatnonzero(source.pspi >= STRONG)[::4]
        alone = beside_itself(model, source, strong) if model.uses_reference else None
        named = [*groups(path, source)]
        pspi, aus, people = source.pspi, source.aus, source.subject
    print(f"\n{path.name}: {len(np.unique(people))} people, {len(pspi)} frames\n\n| | |\n|---|---|")
    score = estimates.pspi
    print(f"| PCC | {interval(lambda rows: pearson(pspi[rows], score[rows]), people)} |")
    print(f"| MAE | {interval(lambda rows: float(np.abs(pspi[rows] - score[rows]).mean()), people)} |")
    print(
        f"| AUROC at PSPI >= 1 | {interval(lambda rows: float(roc_auc_score(pspi[rows] >= 1, score[rows])), people)} |"
    )
    if estimates.aus is not None:
        for unit, truth, estimate in zip(ACTION_UNITS, aus.T, estimates.aus.T, strict=True):
            print(f"| PCC of {unit} | {pearson(truth, estimate):.3f} |")
    print("\n| group | people | frames | PCC |\n|---|---|---|---|")
    for name, rows in named:
        if rows.sum() > 2:
            print(
                f"| {name} | {len(np.unique(people[rows]))} | {rows.sum()} | {pearson(pspi[rows], score[rows]):.3f} |"
            )
    report_spread(pspi, estimates)
    if alone is not None:
        print(
            f"\nPSPI >= {STRONG}: {score[strong].mean():.1f} beside the neutral face, {alone.mean():.1f} beside itself"
        )


def report_spread(pspi: np.ndarray, estimates: Predictions) -> None:
    """Print how much of the error the stated deviation covers, and the error in quarters by what is stated."""
    if estimates.spread is None:
        return
    error, spread = np.abs(pspi - estimates.pspi), estimates.spread
    covered = ", ".join(f"{np.mean(error <= factor * spread):.0%} within {factor:g}" for factor in (1, 1.96))
    print(f"\nerrors over the stated deviation: {covered}")
    for quarter in np.array_split(np.argsort(spread), 4):
        root = np.sqrt(np.mean(error[quarter] ** 2))
        print(f"stated {spread[quarter].mean():.1f}, root mean square error {root:.1f}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model")
    parser.add_argument("datasets", nargs="+", type=Path, metavar="DATASET.h5")
    given = parser.parse_args(arguments)
    model = load(given.model).model.eval()
    for path in given.datasets:
        report(path, model)


if __name__ == "__main__":
    main()
