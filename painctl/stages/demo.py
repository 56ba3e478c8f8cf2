"""demo: the whole pipeline on a few people, through the functions that the commands call; every shard is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from painctl.dataset.export import is_made_by as is_dataset_made_by
from painctl.dataset.gather import PackOptions, plan_dataset
from painctl.engines.registry import default
from painctl.face.demographics import load_demographics
from painctl.files.targets import require_folder
from painctl.files.text import json_text
from painctl.pain.action_units import ACTION_UNITS
from painctl.plots.themes import THEMES
from painctl.records import Reporter
from painctl.shard.reader import Shard
from painctl.stages import (
    CAMERA,
    DEMOGRAPHICS,
    JITTER,
    OTHER,
    PICTURE,
    PRIOR,
    PSPI,
    SAVE_EVERY,
    SIZE,
    SPLIT,
    SPLIT_SEED,
    TEXELS,
    YAWS,
)
from painctl.stages.inspect import write_sheet
from painctl.stages.pack import write
from painctl.stages.render_depth import RenderDepth
from painctl.stages.render_views import RenderViews, ViewOptions
from painctl.stages.rig import Expressions, Rig
from painctl.stages.sample_ids import SampleIds
from painctl.stages.step import Step, is_made_by, transform
from painctl.stages.synth_neutral import SynthNeutral
from painctl.stages.texture import Texture

PEOPLE = 6
EXPRESSIONS = 6
EPOCHS = 30


def demo(folder: Path, seed: int, theme: str, reporter: Reporter) -> list[Path]:
    """Run the pipeline into `folder`; returns the paths of its main results. `theme` is that of its pictures.

    Files that an earlier run of the same demo finished are kept. Raises FileExistsError for any others of these names.
    """
    require_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    reporter.say(f"sample-ids: {PEOPLE} people")
    ids, people = folder / "1-ids.h5", range(PEOPLE)
    sampler = SampleIds(PEOPLE, seed, load_demographics(DEMOGRAPHICS), default("head"), {}, reporter)
    _make_once(ids, reporter, lambda: sampler.is_made(people, ids), lambda: sampler.write(people, ids))
    frames = _render(ids, reporter)
    dataset = folder / "7-dataset.h5"
    reporter.say("pack: split, check and combine")
    plan = plan_dataset([frames], PackOptions(SPLIT, SPLIT_SEED, (), False))
    _make_once(dataset, reporter, lambda: is_dataset_made_by(plan, dataset, "h5"), lambda: write(plan, dataset, "h5"))
    write_sheet([dataset], folder / "sheet.png", theme)
    _train(dataset, folder / "model", seed, reporter)
    _predict(dataset, folder, theme, reporter)
    return [folder / name for name in ("sheet.png", "7-dataset.h5", "model", "prediction.png", "prediction.json")]


def _steps() -> Iterator[tuple[str, Step]]:
    """The shard-to-shard stages with the default options of their commands, and the names of their files."""
    yield "2-depth.h5", RenderDepth(SIZE, default("renderer"), "cpu")
    yield "3-portraits.h5", SynthNeutral(default("portrait"), {})
    yield "4-textures.h5", Texture(default("texture"), TEXELS, {})
    yield "5-faces.h5", Rig(Expressions.parse(EXPRESSIONS, PSPI, None, None, PRIOR, OTHER), default("rig"), {})
    views = ViewOptions(
        YAWS, [0.0] * len(YAWS), JITTER, SIZE, PICTURE, CAMERA, default("renderer"), "cpu", None, None, {}
    )
    yield "6-frames.h5", RenderViews(views)


def _render(ids: Path, reporter: Reporter) -> Path:
    """Apply the steps, each to the file of the one before; returns the last file."""
    source = ids
    for name, step in _steps():
        target = ids.with_name(name)
        reporter.say(f"{step.stage}: {name}")
        _apply_once(step, source, target, reporter)
        source = target
    return source


def _apply_once(step: Step, source: Path, target: Path, reporter: Reporter) -> None:
    def make() -> None:
        for name, failure in transform(step, source, target).items():
            raise ValueError(f"{name}: {failure.reason}")

    _make_once(target, reporter, lambda: is_made_by(step, source, target), make)


def _make_once(target: Path, reporter: Reporter, is_made: Callable[[], bool], make: Callable[[], None]) -> None:
    if not target.exists():
        make()
    elif not is_made():
        raise FileExistsError(f"{target}: exists, but was not made by this demo; choose another -o")
    else:
        reporter.say(f"{target.name}: already made, kept")


def _train(dataset: Path, folder: Path, seed: int, reporter: Reporter) -> None:
    """Train the compact model on the demo's dataset, unless an earlier run has."""
    from painctl.dataset.opening import open_data
    from painctl.stages.pretrain import Saving, pretrain
    from painctl.vitpain.model import build
    from painctl.vitpain.model_folder import is_trained_with
    from painctl.vitpain.settings import defaults

    settings = replace(defaults(), epochs=EPOCHS, seed=seed)
    if folder.exists() and is_trained_with(folder, settings):
        return

    def log(row: dict[str, Any]) -> None:
        if row["epoch"] % 10 == 0:
            reporter.say(f"pretrain: epoch {row['epoch']} of {EPOCHS}, loss {row['loss']:.3f}")

    reporter.say(f"pretrain: the compact model, {EPOCHS} epochs")
    with open_data(dataset) as data:
        saving = Saving(folder, overwrite=True, interval=SAVE_EVERY)
        pretrain(data, build(default("backbone"), seed), settings, saving, "auto", log)


def _predict(dataset: Path, folder: Path, theme: str, reporter: Reporter) -> None:
    """Estimate the most painful face of a person held out of training, as `predict` would.

    With the model that comes with painctl, if it does: the demo's own has seen too few people.
    """
    from painctl.prediction.answers import answers
    from painctl.prediction.cropping import Cropper, read_face
    from painctl.prediction.faces import face_for
    from painctl.prediction.picture_files import Picture
    from painctl.prediction.record import as_record
    from painctl.prediction.sheet import Sheet
    from painctl.vitpain.checkpoints import load
    from painctl.vitpain.shipped import shipped_model

    reporter.say("predict: the most painful face of a person held out of training")
    pain, neutral, label = _held_out(dataset, folder)
    checkpoint, crop = load(shipped_model() or folder / "model"), Cropper()
    model = checkpoint.model
    references = [face_for(model, read_face(neutral, crop)).as_reference()]
    answer, at_rest = (next(answers(model, Picture(face), references, crop)) for face in (pain, neutral))
    for result in (answer, at_rest):
        if result.error:
            raise result.error
    record, rest = (as_record(result, checkpoint.identity) for result in (answer, at_rest))
    reporter.say(
        f"predict: PSPI {record['pspi']:.1f} for a face of PSPI {label['PSPI']}, and {rest['pspi']:.1f} "
        f"for the same person at rest, by {checkpoint.identity.name}; the demo's own model has seen too few people"
    )
    (folder / "prediction.json").write_text(json_text({**record, "label": label}, indent=1) + "\n")
    sheet = Sheet(model, folder / "prediction.png", THEMES[theme])
    sheet.add(answer)
    sheet.write()


def _held_out(dataset: Path, folder: Path) -> tuple[Path, Path, dict[str, int]]:
    """Write two frontal pictures of the last held-out person to `folder`: the strongest expression and the neutral.

    Returns their paths, and the labels of the first.
    """
    with Shard(dataset) as shard:
        person = np.flatnonzero(shard.read("split", "split") > 0)[-1]
        expression, view, owner = (shard.read("frames", name) for name in ("expression_row", "view", "identity_row"))
        score = shard.read("expressions", "PSPI")[expression].astype(int)
        number = shard.read("expressions", "expression")[expression]
        frontal = (owner == person) & (view == 0)
        strongest = int(np.argmax(np.where(frontal, score, -1)))
        neutral = int(np.flatnonzero(frontal & (number == 0))[0])
        for name, row in (("pain.jpg", strongest), ("neutral.jpg", neutral)):
            (folder / name).write_bytes(shard.read("frames", "image", row))
        row = int(expression[strongest])
        label = {name: int(shard.read("expressions", name, row)) for name in ("PSPI", *ACTION_UNITS)}
    return folder / "pain.jpg", folder / "neutral.jpg", label
