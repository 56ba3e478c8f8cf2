"""What each part of the recipe of the shipped model is worth: `python tests/benchmarks/recipe.py TRAINING.h5...`.

A row changes one thing of the recipe (`ROWS`) and trains a model from scratch, on as many steps as the others; those
that change the data train on a part of the people. TRAINING.h5 are shards of frames, as `docs/train-model.sh` makes
them: their seed is in their name. Each model is tested on unseen renderings, `--test`, as packed by `painctl pack`, and
on photographs, `--photographs`, lists as of `photographs.py`. Photographs are for measuring alone.

A row that is in `--results` is not trained again: rerun the command to resume, or run it several times at once with
`--task I/N`. `--table` prints the rows as Markdown.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
import torch
from photographs import Photographs, auroc
from sklearn.metrics import roc_auc_score

from painctl.aligner.aligner import Aligner, Landmarks
from painctl.dataset.opening import open_data
from painctl.runs.seeding import seeded
from painctl.vitpain.backbones import Preprocess
from painctl.vitpain.inference import predict_source
from painctl.vitpain.model import ViTPain, build
from painctl.vitpain.settings import HYBRID, PARTS, TrainingSettings
from painctl.vitpain.training import train

PAINCTL = Path(sys.executable).with_name("painctl")
PAIN_ALONE = ("960001", "960002", "960003", "960004")
OTHER_ACTIONS = ("950001", "950002", "970001", "970002")
SMILING = ("971001", "971002", "971003", "971004")
HARD = ("950011", "950012", "972001", "972002")
CALM = ("975001", "975002", "975003", "975004")
MIXED = tuple(group[i] for i in (0, 1) for group in (PAIN_ALONE, OTHER_ACTIONS, SMILING, HARD, CALM))  # 500 people
ALL: tuple[str, ...] = ()  # every file


@dataclass(frozen=True)
class Row:
    """A training: what it changes of the recipe."""

    data: tuple[str, ...] = MIXED
    settings: dict[str, Any] = field(default_factory=dict)
    preprocess: dict[str, Any] = field(default_factory=dict)
    architecture: dict[str, Any] = field(default_factory=dict)
    seeds: int = 1
    steps: float = 1.0  # over `--steps`


def _without(part: str) -> Row:
    return Row(settings={"augment": ",".join(name for name in PARTS if name != part)})


ROWS = {
    "the recipe": Row(seeds=3),
    "pictures of 64 pixels": Row(preprocess={"size": 64}),
    "pictures of 128 pixels": Row(preprocess={"size": 128}),
    "stem of half the width": Row(architecture={"stem": (16, 32, 64, 128)}),
    "stem of three stages": Row(architecture={"stem": (32, 64, 128)}),
    "two transformer layers": Row(architecture={"layers": 2}),
    "not straightened": Row(preprocess={"straighten": False}, seeds=3),
    "mild augmentation": Row(settings={"augment": "mild"}),
    "no augmentation": Row(settings={"augment": "none", "reference_dropout": 0.0}),
    **{f"without {part}": _without(part) for part in PARTS},
    "only neutral references": Row(settings={"any_reference": 0.0}, seeds=3),
    "no faces at rest": Row(settings={"rest_share": 0.0}),
    "reference never dropped": Row(settings={"reference_dropout": 0.0}),
    "no reference": Row(architecture={"reference": False}, settings={"reference_dropout": 0.0, "any_reference": 0.0}),
    "pain alone, 200 people": Row(data=PAIN_ALONE),
    "other actions, 200 people": Row(data=OTHER_ACTIONS),
    "smiles and speech, 200 people": Row(data=SMILING),
    "hardly in pain, 200 people": Row(data=CALM),
    "occluders and cameras, 200 people": Row(data=HARD),
    "all but hardly in pain, 400 people": Row(data=tuple(seed for seed in MIXED if seed not in CALM), seeds=3),
    "all but occluders and cameras, 400 people": Row(data=tuple(seed for seed in MIXED if seed not in HARD)),
    "100 people, twice the steps": Row(data=(OTHER_ACTIONS[0], HARD[0]), steps=2),
    "500 people, twice the steps": Row(steps=2),
    "1,700 people, twice the steps": Row(data=ALL, steps=2),
}


def remember_landmarks() -> None:
    """Locate the landmarks of a picture once, not once for each training."""
    located: dict[bytes, Landmarks] = {}
    locate = Aligner.locate_in_frame

    def remembered(aligner: Aligner, image: np.ndarray) -> Landmarks:
        key = hashlib.blake2b(np.ascontiguousarray(image), digest_size=16).digest()
        if key not in located:
            located[key] = locate(aligner, image)
        return located[key]

    Aligner.locate_in_frame = remembered  # type: ignore[method-assign]


def model_of(row: Row, seed: int) -> ViTPain:
    """An untrained model."""
    usual = build("hybrid", seed).architecture
    changes = dict(row.architecture)
    layers = {**usual.backbone, "num_hidden_layers": changes.pop("layers", usual.backbone["num_hidden_layers"])}
    if "stem" in changes:
        layers["intermediate_size"] = 3 * changes["stem"][-1]
    preprocess: Preprocess = replace(usual.preprocess, **row.preprocess)
    with seeded(seed, "weights"):
        return ViTPain(replace(usual, backbone=layers, preprocess=preprocess, **changes))


def train_row(row: Row, seed: int, steps: int, files: Sequence[Path], folder: Path) -> ViTPain:
    """The trained model of a row; its dataset is packed in `folder`, once."""
    chosen = [path for path in files if not row.data or path.stem in row.data]
    dataset = folder / f"{len(chosen)}-{'-'.join(sorted(path.stem for path in chosen))[:120]}.h5"
    if not dataset.exists():
        command = [PAINCTL, "pack", "--mix", "--split", "92,8,0", *chosen, "-o", dataset]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    settings: TrainingSettings = replace(HYBRID, reference_dropout=0.15, seed=seed)
    with open_data(dataset) as data:
        training, validation = data.parts()
        epochs = max(1, round(row.steps * steps * settings.batch_size / len(training)))
        model = model_of(row, seed)
        train(model, training, validation, replace(settings, epochs=epochs, **row.settings))
    return model


def scores(model: ViTPain, tests: Iterable[Path], photographs: Iterable[Photographs]) -> dict[str, float]:
    """The figures of a model, by name."""
    figures = {}
    for path in tests:
        with open_data(path) as data:
            pspi, estimates = data.source.pspi, predict_source(model, data.source).pspi
        figures[f"{path.stem} PCC"] = float(np.corrcoef(pspi, estimates)[0, 1])
        figures[f"{path.stem} AUROC"] = float(roc_auc_score(pspi >= 1, estimates))
    for pictures in photographs:
        estimates = pictures.estimates(model).pspi
        weights = np.ones((1, len(estimates)), np.float32)
        for contrast, high, low in pictures.contrasts():
            figures[f"{pictures.name} {contrast}"] = float(auroc(estimates, high, low, weights)[0])
        for group in np.unique(pictures.group):
            figures[f"{pictures.name} PSPI of {group}"] = float(estimates[pictures.group == group].mean())
    return figures


def print_table(path: Path) -> None:
    """Print the results as Markdown, the mean over seeds, with their deviation where there are several."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    names = [name for name in lines[0]["scores"] if "fear" not in name and "sadness" not in name]
    print(f"| row | seeds | {' | '.join(names)} |\n|{'---|' * (2 + len(names))}")
    for row in ROWS:
        trained = [line["scores"] for line in lines if line["row"] == row]
        if trained:
            columns = [np.array([each[name] for each in trained]) for name in names]
            cells = [f"{c.mean():.3f}" + (f" ± {c.std(ddof=1):.3f}" if len(c) > 1 else "") for c in columns]
            print(f"| {row} | {len(trained)} | {' | '.join(cells)} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("training", nargs="*", type=Path, metavar="TRAINING.h5")
    parser.add_argument("--test", nargs="+", type=Path, default=[], metavar="DATASET.h5")
    parser.add_argument("--photographs", nargs="+", type=Path, default=[], metavar="LIST.csv")
    parser.add_argument("--folder", type=Path, default=Path("recipe"), help="where datasets are packed")
    parser.add_argument("--results", type=Path, default=Path("recipe.jsonl"))
    parser.add_argument("--steps", type=int, default=400, help="of 32 pairs, of each training")
    parser.add_argument("--seeds", type=int, default=1, help="at least so many of each row")
    parser.add_argument("--task", default="0/1", metavar="I/N")
    parser.add_argument("--only", nargs="*", choices=ROWS, metavar="ROW")
    parser.add_argument("--table", action="store_true", help="print --results, train nothing")
    given = parser.parse_args(arguments)
    if given.table:
        print_table(given.results)
        return
    torch.set_num_threads(1)
    remember_landmarks()
    given.folder.mkdir(exist_ok=True)
    photographs = [Photographs.read(path) for path in given.photographs]
    task, tasks = map(int, given.task.split("/"))
    trainings = [
        (name, seed) for seed in range(3) for name in given.only or ROWS if seed < max(ROWS[name].seeds, given.seeds)
    ]
    for name, seed in trainings[task::tasks]:
        text = given.results.read_text() if given.results.exists() else ""
        if any((line["row"], line["seed"]) == (name, seed) for line in map(json.loads, text.splitlines())):
            continue
        started = time.monotonic()
        model = train_row(ROWS[name], seed, given.steps, given.training, given.folder)
        figures = scores(model, given.test, photographs)
        line = {"row": name, "seed": seed, "seconds": round(time.monotonic() - started), "scores": figures}
        with given.results.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(name, seed, {key: round(value, 3) for key, value in figures.items()}, flush=True)


if __name__ == "__main__":
    main()
