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
import csv
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np

from painctl.images.resize import center_crop
from painctl.prediction.cropping import LARGEST, Cropper, read_face
from painctl.vitpain.checkpoints import load
from painctl.vitpain.inference import predict_pairs
from painctl.vitpain.interface import PainModel

PAINCTL = Path(sys.executable).with_name("painctl")
ADDITIONS = {  # name: stage, option, value without it, value with it
    "other": ("rig", "--other", "none", "natural"),
    "prior": ("rig", "--prior", "uniform", "natural"),
    "occluders": ("render-views", "--occluders", "none", "natural"),
    "camera": ("render-views", "--camera", "clean", "varied"),
}
NONE = "none"  # the configuration with no addition
PAINFUL, OTHERWISE = ("anger", "disgust", "pain"), ("happy", "surprise")
RESAMPLES = 2000


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


@dataclass(frozen=True, eq=False)
class Photographs:
    """The faces of a list, each with the reference of its person."""

    name: str
    faces: list[tuple[np.ndarray, np.ndarray]]  # square crops uint8 [S, S, 3]: the picture, its reference
    person: np.ndarray  # of each picture
    group: np.ndarray  # of each picture; the references themselves are neutral only where there is no other

    @classmethod
    def read(cls, path: Path) -> Photographs:
        """The pictures of a list on which a face is detected. Raises ValueError if it has no neutral one."""
        with path.open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["group"]]
        faces, cropper = {}, Cropper(face=LARGEST)
        for row in rows:
            try:
                faces[row["image"]] = read_face(path.parent / row["image"], cropper)
            except (ValueError, OSError) as error:
                print(f"left out: {error}", file=sys.stderr)
        rows = [row for row in rows if row["image"] in faces]
        reference: dict[str, str] = {}
        for row in rows:
            if row["group"] == "neutral":
                reference.setdefault(row["identity"], row["image"])
        if not reference:
            raise ValueError(f"{path}: no picture of the group neutral")
        used = [row for row in rows if row["identity"] in reference]
        others = [row for row in used if row["image"] != reference[row["identity"]]]
        used = others if any(row["group"] == "neutral" for row in others) else used
        pairs = [(faces[row["image"]], faces[reference[row["identity"]]]) for row in used]
        person, group = (np.array([row[name] for row in used]) for name in ("identity", "group"))
        return cls(path.parent.name, pairs, person, group)

    def pspi(self, model: PainModel) -> np.ndarray:
        """A model's estimates [N]."""
        size, crop = model.architecture.preprocess.size, model.architecture.preprocess.crop
        pairs = [[tuple(center_crop(face, size, crop) for face in pair)] for pair in self.faces]
        return np.asarray(predict_pairs(model, pairs).pspi)

    def contrasts(self) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
        """What is compared: its name, and the pictures that should rank high and low, as masks [N]."""
        for group in np.unique(self.group):
            if group != "neutral":
                yield f"{group} above neutral", self.group == group, self.group == "neutral"
        high, low = np.isin(self.group, PAINFUL), np.isin(self.group, OTHERWISE)
        if high.any() and low.any():
            yield f"{', '.join(PAINFUL)} above {', '.join(OTHERWISE)}", high, low

    def resamples(self) -> np.ndarray:
        """How often each picture is in each resample of the people, [1 + RESAMPLES, N]; the first is the sample."""
        people, person = np.unique(self.person, return_inverse=True)
        drawn = np.random.default_rng(0).multinomial(len(people), np.full(len(people), 1 / len(people)), RESAMPLES)
        return np.concatenate([np.ones((1, len(people)), int), drawn])[:, person].astype(np.float32)


def auroc(estimates: np.ndarray, high: np.ndarray, low: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The share of pairs in order, ties half, of estimates [N] weighted by [R, N]: [R], NaN without a pair."""
    first, second = estimates[high][:, None], estimates[low]
    ordered = (first > second) + 0.5 * (first == second)
    pairs = weights[:, high].sum(1) * weights[:, low].sum(1)
    with np.errstate(invalid="ignore"):
        return ((weights[:, high] @ ordered) * weights[:, low]).sum(1) / pairs


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


def interval(values: np.ndarray, sign: str = "") -> str:
    """The first value, and the 95 % interval of the others."""
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return f"{values[0]:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


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
    parser.add_argument("--training", default="--backbone hybrid --epochs 40", metavar="OPTIONS", help="--training='OPTIONS'")
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
        estimates = {name: [photographs.pspi(models[name, seed]) for seed in range(plan.seeds)] for name in names}
        report(photographs, estimates)


if __name__ == "__main__":
    main()
