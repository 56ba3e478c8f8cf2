"""What each addition to the faces is worth on photographs of people: `python tests/benchmarks/ablation.py LIST.csv...`.

A configuration is a dataset of the same people made with some of `ADDITIONS`, and one model for each training seed. A
LIST.csv has the columns image, identity and group; every picture is compared with the first of its person's pictures
whose group is `neutral`. Photographs are for measuring alone: nothing is trained, tuned or chosen on them.

Printed, as Markdown: how often a model ranks a picture of a group above a neutral one of a list (AUROC), and one of
anger, disgust or pain above one of happiness or surprise. Figures are means over training seeds, intervals are 95 %
over people, by bootstrap; `change` is the difference from the configuration `none` on the same people.

All stages and trainings are commands of painctl, which skip what is done in `--folder`: the same command resumes.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np
from photographs import Photographs, auroc, interval

from painctl.vitpain.checkpoints import load

PAINCTL = Path(sys.executable).with_name("painctl")
ADDITIONS = {  # name: stage, option, value without it, value with it
    "other": ("rig", "--other", "none", "natural"),
    "prior": ("rig", "--prior", "uniform", "natural"),
    "occluders": ("render-views", "--occluders", "none", "natural"),
    "camera": ("render-views", "--camera", "clean", "varied"),
}
NONE = "none"  # the configuration with no addition


@dataclass(frozen=True)
class Plan:
    """What is made: the same people, expressions, views and training seeds for every configuration."""

    folder: Path
    people: int
    expressions: int
    views: str  # options of render-views
    training: str  # options of pretrain
    seed: int  # of the people
    seeds: int  # of the training: 0, 1, ...

    def textures(self) -> None:
        """Make the people and their textures, which all configurations share."""
        self.folder.mkdir(exist_ok=True)
        people = self.folder / "people.h5"
        painctl_("sample-ids", "-n", self.people, "--seed", self.seed, "-o", people)
        painctl_("texture", "--size", 512, people, "-o", self.folder / "textures.h5")

    def dataset(self, configuration: str) -> None:
        """Make the dataset of a configuration."""
        parts = [] if configuration == NONE else configuration.split("+")
        chosen: dict[str, list[str]] = {"rig": [], "render-views": []}
        for name, (stage, option, without, value) in ADDITIONS.items():
            chosen[stage] += [option, value if name in parts else without]
        folder = self.folder / configuration
        folder.mkdir(exist_ok=True)
        faces, frames, dataset = (folder / f"{name}.h5" for name in ("faces", "frames", "dataset"))
        if not dataset.exists():
            painctl_("rig", "-k", self.expressions, *chosen["rig"], self.folder / "textures.h5", "-o", faces)
            painctl_("render-views", *shlex.split(self.views), *chosen["render-views"], faces, "-o", frames)
            painctl_("pack", "--split", "85,15,0", frames, "-o", dataset)
            faces.unlink()
            frames.unlink()

    def model(self, configuration: str, seed: int) -> Path:
        """Train the model of a configuration and a seed, unless it is finished."""
        model = self.folder / configuration / f"model-{seed}"
        data = self.folder / configuration / "dataset.h5"
        painctl_("pretrain", data, "-o", model, "--seed", seed, *shlex.split(self.training))
        return model


def painctl_(*arguments: object) -> None:
    """Run a command of painctl, its progress on stderr; it skips what is done."""
    command = [str(PAINCTL), *map(str, arguments)]
    print("+", shlex.join(command[1:]), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def report(photographs: Photographs, estimates: dict[str, list[np.ndarray]]) -> None:
    """Print a table for each contrast of a list: `estimates` [N] of each training seed, by configuration."""
    weights = photographs.resamples()
    for contrast, high, low in photographs.contrasts():
        print(f"\n{photographs.name}, {len(np.unique(photographs.person))} people: {contrast}\n")
        print("| configuration | AUROC | sd of seeds | change |\n|---|---|---|---|")
        without = None
        for name, models in estimates.items():
            by_seed = np.stack([auroc(values, high, low, weights) for values in models])
            mean, spread = by_seed.mean(axis=0), by_seed[:, 0].std()
            change = "" if without is None else interval(mean - without, "+")
            without = mean if without is None else without
            print(f"| {name} | {interval(mean)} | {spread:.3f} | {change} |", flush=True)


def configurations(text: str) -> list[str]:
    """Names of `ADDITIONS` joined by +, separated by commas; `none` comes first, since others are compared with it."""
    names = text.split(",")
    for name in names:
        if name != NONE and not set(name.split("+")) <= set(ADDITIONS):
            raise argparse.ArgumentTypeError(f"{name}: expected {NONE}, or some of {', '.join(ADDITIONS)} joined by +")
    return [NONE, *(name for name in names if name != NONE)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Make, train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, metavar="LIST.csv")
    parser.add_argument("--folder", type=Path, default=Path("ablation"), help="where everything is made")
    parser.add_argument(
        "--configurations", type=configurations, default=[NONE, *ADDITIONS, "+".join(ADDITIONS)], metavar="A,A+B,..."
    )
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--expressions", type=int, default=8, help="per person, besides the neutral face")
    parser.add_argument(
        "--views", default="--size 192 --yaw 0,30 --jitter 4", metavar="OPTIONS", help="--views='OPTIONS'"
    )
    parser.add_argument(
        "--training", default="--backbone hybrid --epochs 40", metavar="OPTIONS", help="--training='OPTIONS'"
    )
    parser.add_argument("--seed", type=int, default=501, help="of the people")
    parser.add_argument("--seeds", type=int, default=3, help="number of trainings of each configuration")
    parser.add_argument("--jobs", type=int, default=2, help="commands at a time, one core each")
    given = vars(parser.parse_args(arguments))
    lists, names, jobs = (given.pop(name) for name in ("lists", "configurations", "jobs"))
    plan = Plan(**given)

    plan.textures()
    trainings = [(name, seed) for name in names for seed in range(plan.seeds)]
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(plan.dataset, names))
        folders = dict(zip(trainings, pool.map(lambda one: plan.model(*one), trainings), strict=True))
    models = {key: load(folder).model.eval() for key, folder in folders.items()}
    for path in lists:
        photographs = Photographs.read(path)
        estimates = {
            name: [photographs.estimates(models[name, seed]).pspi for seed in range(plan.seeds)] for name in names
        }
        report(photographs, estimates)


if __name__ == "__main__":
    main()
