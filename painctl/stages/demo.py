"""demo: the whole chain on a few people, by the functions that the commands call; every shard is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from painctl.dataset import gather
from painctl.face.demographics import load_demographics
from painctl.pain.action_units import ACTION_UNITS
from painctl.shard.reader import Shard
from painctl.stages import render_depth, render_views, rig, synth_neutral, texture
from painctl.stages.inspect import write_sheet
from painctl.stages.pack import made_by as packed_by
from painctl.stages.pack import pack
from painctl.stages.sample_ids import SampleIds
from painctl.stages.step import Step, made_by, transform

PEOPLE = 6
EXPRESSIONS = 6
EPOCHS = 30

Say = Callable[[str], None]


def demo(folder: Path, seed: int, say: Say) -> None:
    """Run the chain into `folder`; `say` hears each stage begin.

    What an earlier run of the same demo finished is kept. Raises FileExistsError where something else stands in the
    way.
    """
    folder.mkdir(parents=True, exist_ok=True)
    say(f"sample-ids: {PEOPLE} people")
    ids = folder / "1-ids.h5"
    sampler = SampleIds(PEOPLE, seed, load_demographics("balanced"), say=say)
    people = range(PEOPLE)
    _unless(ids, say, lambda: sampler.wrote(people, ids), lambda: sampler.write(people, ids))
    frames = _chain(ids, say)
    dataset = folder / "7-dataset.h5"
    say("pack: split, check and gather")
    plan = gather.plan_dataset([frames], gather.PackOptions())
    _unless(dataset, say, lambda: packed_by(plan, dataset, "h5"), lambda: pack(plan, dataset))
    write_sheet([dataset], folder / "sheet.png")
    _learn(dataset, folder, seed, say)


def _chain(ids: Path, say: Say) -> Path:
    """The stages that map a shard to a shard, each into a file of its own."""
    steps: list[tuple[str, Callable[[], Step]]] = [
        ("2-depth.h5", render_depth.step),
        ("3-portraits.h5", synth_neutral.step),
        ("4-textures.h5", texture.step),
        ("5-faces.h5", lambda: rig.step(count=EXPRESSIONS)),
        ("6-frames.h5", lambda: render_views.step(yaws=(0.0, -30.0, 30.0), pitches=(0.0, 0.0, 0.0))),
    ]
    source = ids
    for name, build in steps:
        step, target = build(), ids.with_name(name)
        say(f"{step.stage}: {name}")
        _make(step, source, target, say)
        source = target
    return source


def _make(step: Step, source: Path, target: Path, say: Say) -> None:
    def make() -> None:
        for name, failed in transform(step, source, target).items():
            raise ValueError(f"{name}: {failed.reason}")

    _unless(target, say, lambda: made_by(step, source, target), make)


def _unless(target: Path, say: Say, made: Callable[[], bool], make: Callable[[], None]) -> None:
    if not target.exists():
        make()
    elif not made():
        raise FileExistsError(f"{target}: exists and is not of this demo; choose another -o")
    else:
        say(f"{target.name}: made before, and kept")


def _learn(dataset: Path, folder: Path, seed: int, say: Say) -> None:
    """Train the compact model, and let it look at somebody it has never seen, as `predict` would."""
    from painctl.prediction.answers import answers
    from painctl.prediction.cropping import Cropper, read_face
    from painctl.prediction.picture_files import Picture
    from painctl.prediction.record import as_record
    from painctl.prediction.sheet import Sheet
    from painctl.vitpain.checkpoints import load

    model = folder / "model"
    _taught(dataset, model, seed, say)
    say("predict: the strongest face of a person who was not trained on")
    *pictures, truth = _unseen(dataset, folder)
    trained, crop = load(model).model, Cropper()
    answer, at_rest = (next(answers(trained, Picture(face), [read_face(pictures[1], crop)], crop)) for face in pictures)
    for one in (answer, at_rest):
        if one.error:
            raise one.error
    record = {**as_record(answer), "label": truth}
    pain, rest = record["pspi"], as_record(at_rest)["pspi"]
    say(
        f"predict: PSPI {pain:.1f} where {truth['PSPI']} was asked for, and {rest:.1f} of the same face at rest; "
        f"{PEOPLE} people teach a model little"
    )
    (folder / "prediction.json").write_text(json.dumps(record, indent=1) + "\n")
    sheet = Sheet(trained)
    sheet.add(answer)
    sheet.write(folder / "prediction.png")


def _taught(dataset: Path, folder: Path, seed: int, say: Say) -> None:
    """The model of the demo's dataset, unless an earlier run has taught it."""
    from painctl.dataset.opening import open_data
    from painctl.stages.pretrain import pretrain
    from painctl.vitpain.checkpoints import was_taught
    from painctl.vitpain.model import build
    from painctl.vitpain.settings import defaults

    settings = replace(defaults(), epochs=EPOCHS, seed=seed)
    if folder.exists() and was_taught(folder, settings):
        return

    def heard(row: dict[str, Any]) -> None:
        if row["epoch"] % 10 == 0:
            say(f"pretrain: epoch {row['epoch']} of {EPOCHS}, loss {row['loss']:.3f}")

    say(f"pretrain: the compact model, {EPOCHS} epochs")
    with open_data(dataset) as data:
        pretrain(data, folder, build("compact", seed), settings, overwrite=True, log=heard)


def _unseen(dataset: Path, folder: Path) -> tuple[Path, Path, dict[str, int]]:
    """The strongest and the neutral face, seen from the front, of the last person that was not trained on.

    Returns the two pictures and the labels of the first.
    """
    with Shard(dataset) as shard:
        person = np.flatnonzero(shard.read("split", "split") > 0)[-1]
        face, view, owner = (shard.read("frames", name) for name in ("expression_row", "view", "identity_row"))
        score = shard.read("expressions", "PSPI")[face].astype(int)
        number = shard.read("expressions", "expression")[face]
        frontal = (owner == person) & (view == 0)
        strongest = int(np.argmax(np.where(frontal, score, -1)))
        neutral = int(np.flatnonzero(frontal & (number == 0))[0])
        pictures = {"pain.jpg": strongest, "neutral.jpg": neutral}
        for name, row in pictures.items():
            (folder / name).write_bytes(shard.read("frames", "image", row))
        label = {name: int(shard.read("expressions", name, int(face[strongest]))) for name in ("PSPI", *ACTION_UNITS)}
    return folder / "pain.jpg", folder / "neutral.jpg", label
