"""How a model ranks photographs of people: `python tests/benchmarks/photographs.py MODEL LIST.csv...`.

A LIST.csv has the columns image, identity and group; every picture is compared with the first of its person's pictures
whose group is `neutral`. Photographs are for measuring alone: nothing is trained, tuned or chosen on them.

Printed, as Markdown: how often a model ranks a picture of a group above a neutral one of a list (AUROC), and one of
anger, disgust or pain above one of happiness or surprise, with 95 % intervals from resampling people; the mean PSPI and
action units of each group; and in how many of its pictures each unit is no higher than at rest, in the reference.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import painctl.cli  # noqa: F401  # isort: skip  # before numpy, whose kernels it chooses
import numpy as np

from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.cropping import LARGEST, Cropper, read_face
from painctl.prediction.faces import references_for
from painctl.vitpain.checkpoints import load
from painctl.vitpain.inference import Predictions, fitted_references, predict_pairs
from painctl.vitpain.interface import PainModel

NEUTRAL = "neutral"
PAINFUL, OTHERWISE = ("anger", "disgust", "pain"), ("happy", "surprise")
RESAMPLES = 2000
MARGIN = 0.25  # intensity by which a unit may be above its value at rest and count as no higher


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
                faces[row["image"]] = read_face(path.parent / row["image"], cropper).picture
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

    def estimates(self, model: PainModel, alone: bool = False) -> Predictions:
        """A model's estimates for the N pictures; `alone`: without their references."""
        pairs = []
        for pair in self.faces:
            face, reference = (each.picture for each in references_for(model, pair, compare=False))
            references = fitted_references(model, [] if alone else [reference])
            pairs.append([(model.architecture.preprocess.fit(face), each) for each in references])
        return predict_pairs(model, pairs)

    def at_rest(self, model: PainModel) -> Predictions:
        """A model's estimates for the references of the N pictures, each compared with itself."""
        fit, pairs = model.architecture.preprocess.fit, []
        for _, reference in self.faces:
            (face,) = references_for(model, [reference], compare=False)
            picture = fit(face.picture)
            pairs.append([(picture, picture)])
        return predict_pairs(model, pairs)

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


def interval(values: np.ndarray, sign: str = "") -> str:
    """The first value, and the 95 % interval of the others."""
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return f"{values[0]:{sign}.3f} ({low:{sign}.3f} to {high:{sign}.3f})"


def report(photographs: Photographs, estimates: Predictions, rest: Predictions) -> None:
    """Print how a model's estimates rank the pictures of a list, their means by group, and which units rise."""
    weights = photographs.resamples()
    print(f"\n{photographs.name}, {len(np.unique(photographs.person))} people\n\n| contrast | AUROC |\n|---|---|")
    for contrast, high, low in photographs.contrasts():
        print(f"| {contrast} | {interval(auroc(estimates.pspi, high, low, weights))} |")
    print(f"\n| group | pictures | PSPI | {' | '.join(ACTION_UNITS)} |\n|{'---|' * (3 + len(ACTION_UNITS))}")
    for group in np.unique(photographs.group):
        rows = photographs.group == group
        columns = estimates.pspi[rows, None] if estimates.aus is None else np.c_[estimates.pspi, estimates.aus][rows]
        print(f"| {group} | {rows.sum()} | {' | '.join(f'{value:.2f}' for value in columns.mean(axis=0))} |")

    if estimates.aus is None or rest.aus is None:
        return
    calm = estimates.aus <= rest.aus + MARGIN
    print(
        f"\nat most {MARGIN} above rest\n\n| group | {' | '.join(ACTION_UNITS)} |\n|{'---|' * (1 + len(ACTION_UNITS))}"
    )
    for group in np.unique(photographs.group):
        print(f"| {group} | {' | '.join(f'{share:.0%}' for share in calm[photographs.group == group].mean(axis=0))} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of a model")
    parser.add_argument("lists", nargs="+", type=Path, metavar="LIST.csv")
    parser.add_argument("--alone", action="store_true", help="estimate each picture without its reference")
    given = parser.parse_args(arguments)
    model = load(given.model).model.eval()
    for path in given.lists:
        photographs = Photographs.read(path)
        report(photographs, photographs.estimates(model, given.alone), photographs.at_rest(model))


if __name__ == "__main__":
    main()
