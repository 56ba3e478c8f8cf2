"""From frames to a model and its evaluation, through the functions that pretrain, cv, predict and demo call."""

import csv
import json
from dataclasses import replace
from functools import partial

import cv2
import made_steps
import numpy as np
import pytest

from painctl.dataset import gather
from painctl.dataset.opening import open_data
from painctl.dataset.pairs import DatasetPairs
from painctl.images.encode import decode_rgb
from painctl.pain.action_units import ACTION_UNITS
from painctl.prediction.answers import answers
from painctl.prediction.faces import Reference
from painctl.prediction.picture_files import Picture, read_picture
from painctl.prediction.record import as_record
from painctl.runs.devices import choose_device
from painctl.shard.reader import Shard
from painctl.stages import demo
from painctl.stages.cv import compare, merge
from painctl.stages.pack import write
from painctl.stages.pretrain import Saving, pretrain
from painctl.vitpain.checkpoints import load
from painctl.vitpain.cross_validation import CrossValidation, FoldSaving
from painctl.vitpain.fold_plan import within
from painctl.vitpain.model import build
from painctl.vitpain.model_folder import FILES
from painctl.vitpain.settings import defaults

SHORT = replace(defaults(), epochs=1)


@pytest.fixture(scope="module")
def dataset(head, tmp_path_factory):
    """Five people, two expressions, two views: three to train, one to validate, one to test."""
    folder = tmp_path_factory.mktemp("dataset")
    made_steps.write_ids(5, 2, folder / "ids.h5")
    steps = made_steps.textures(), made_steps.rig(count=2, low=1), made_steps.views()
    source = made_steps.chain(folder / "ids.h5", *steps)
    write(gather.plan_dataset([source], made_steps.pack_options(ratios=(60, 20, 20))), folder / "dataset.h5", "h5")
    return folder / "dataset.h5"


@pytest.fixture(scope="module")
def model(dataset, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "model"
    with open_data(dataset) as data:
        pretrain(data, build("compact"), SHORT, Saving(folder, False, 60), "auto", lambda row: None)
    return folder


def test_pairs_are_of_one_person_and_one_view(dataset):
    with Shard(dataset) as shard:
        pairs = DatasetPairs(shard)
        assert len(pairs) == 5 * 2 * 2
        image = shard.read("frames", "image")
        row = {decode_rgb(data, "").tobytes(): i for i, data in enumerate(image)}
        face = shard.read("frames", "expression_row")
        for i in range(len(pairs)):
            first, second = pairs.neutrals(i)
            pain, neutral, turned = (row[p.tobytes()] for p in (pairs.picture(i), *map(pairs.neutral, (first, second))))
            assert (neutral, turned) == (first, second)
            assert shard.read("frames", "identity_row", turned) == shard.read("frames", "identity_row", pain)
            for name in ("identity_row", "view"):
                assert shard.read("frames", name, pain) == shard.read("frames", name, neutral)
            assert shard.read("expressions", "expression", int(face[neutral])) == 0
            assert shard.read("expressions", "PSPI", int(face[pain])) == pairs.pspi[i] > 0
            units = [shard.read("expressions", name, int(face[pain])) for name in ACTION_UNITS]
            assert units == pairs.aus[i].tolist()


def test_splits_share_no_person(dataset):
    with open_data(dataset) as data:
        training, held_out = data.parts()
        people = [set(part.subject) for part in (training, held_out)]
        rest = set(data.source.subject[data.split == "test"])
    assert [len(part) for part in (*people, rest)] == [3, 1, 1]
    assert len(set.union(*people, rest)) == 5


def test_a_dataset_without_training_people_is_rejected(dataset, tmp_path):
    write(
        gather.plan_dataset([dataset.with_name("render-views.h5")], made_steps.pack_options(ratios=(0, 0, 100))),
        tmp_path / "all.h5",
        "h5",
    )
    with open_data(tmp_path / "all.h5") as data, pytest.raises(ValueError, match="no frames in train"):
        data.parts()


def test_a_model_is_trained_saved_and_used(dataset, model, tmp_path):
    assert {path.name for path in model.iterdir()} == {*FILES}
    config = json.loads((model / "config.json").read_text())
    assert "neutral" in config
    rows = [json.loads(line) for line in (model / "log.jsonl").read_text().splitlines()]
    assert [row["epoch"] for row in rows] == [1]
    assert np.isfinite(rows[0]["validation_loss"])
    with Shard(dataset) as shard:
        pairs = DatasetPairs(shard)
        cv2.imwrite(str(tmp_path / "pain.jpg"), pairs.picture(0)[..., ::-1])
        cv2.imwrite(str(tmp_path / "neutral.jpg"), pairs.neutral(pairs.neutrals(0)[0])[..., ::-1])
    neutral = [Reference(read_picture(tmp_path / "neutral.jpg"))]
    checkpoint = load(model)
    (answer,) = answers(checkpoint.model, Picture(tmp_path / "pain.jpg"), neutral, None)
    record = as_record(answer, checkpoint.identity)
    quality = ["face_pixels", "sharpness", "yaw", "pitch", "roll", "hidden", "landmark_error"]
    about = ["reference", *quality, "model", "model_sha256", "painctl_version"]
    assert [name for name in record if name != "warning"] == ["image", "pspi", "probability", *ACTION_UNITS, *about]
    assert 0 <= record["pspi"] <= 16
    assert 0 <= record["probability"] <= 1


def test_the_same_seed_trains_the_same_weights(dataset, model, tmp_path):
    with open_data(dataset) as data:
        saving = Saving(tmp_path / "again", False, 60)
        pretrain(data, build("compact"), SHORT, saving, "auto", lambda row: None)
    assert (tmp_path / "again/model.safetensors").read_bytes() == (model / "model.safetensors").read_bytes()


class Ignored:
    """A watcher of a cross-validation that reports nothing."""

    def started(self, fold, epochs):
        pass

    def epoch(self, fold, row):
        pass

    def tested(self, result):
        pass


def cross_validate(dataset, run, folds=(0, 1), settings=SHORT):
    with open_data(dataset) as data:
        plan = within(data.source, data.content, data.folds(2))
        CrossValidation(plan, lambda: build("compact"), settings).run(folds, run, FoldSaving("auto", 60), Ignored())


def test_cross_validation_tests_every_person_once_in_one_fold(dataset, tmp_path):
    run = tmp_path / "cv"
    cross_validate(dataset, run)
    summary = merge(run, "light")
    names = {"fold-1.json", "fold-2.json", "run.json", "scores.csv", "predictions.csv", "table.tex"}
    assert {path.name for path in run.iterdir()} == names | {
        "action_units.csv",
        "confusion.csv",
        "groups.csv",
        *(f"{name}.{form}" for name in ("roc", "scatter") for form in ("png", "pdf", "svg")),
        "fold-1.log.jsonl",
        "fold-2.log.jsonl",
        "SHA256SUMS",
    }
    rows = list(csv.DictReader((run / "predictions.csv").open()))
    assert len(rows) == len({row["frame"] for row in rows}) == 20
    folds = {row["subject"]: row["fold"] for row in rows}
    assert all(folds[row["subject"]] == row["fold"] for row in rows)
    table = list(csv.DictReader((run / "scores.csv").open()))
    assert [row["row"] for row in table[:4]] == ["fold 1", "fold 2", "mean", "std"]
    values = [float(row["PCC"]) for row in table[:3]]
    assert values[2] == pytest.approx(np.mean(values[:2]), abs=1e-6)
    record = json.loads((run / "run.json").read_text())
    assert record["scores"]["summary"]["PCC"]["mean"] == pytest.approx(values[2], abs=1e-6)
    assert summary.record == record["scores"]
    same = compare(run, run, 0).record
    assert same["F1@2"]["p"] == same["PCC"]["p"] == 1
    assert same["AUROC@1"]["p"] is None  # every frame here has a PSPI of 1 or more


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"reference": False, "binary": (), "action_units": False}, "vanilla-vit"),
        ({"binary": ()}, "vitpain, no binary"),
    ],
)
def test_the_table_names_the_variant_of_the_model(dataset, tmp_path, parts, name):
    with open_data(dataset) as data:
        untrained = partial(build, "compact", **parts)
        plan = within(data.source, data.content, data.folds(2))
        CrossValidation(plan, untrained, SHORT).run((0, 1), tmp_path, FoldSaving("auto", 60), Ignored())
    merge(tmp_path, "light")
    assert f"\n{name}" in (tmp_path / "table.tex").read_text()


def test_folds_run_one_by_one_equal_those_of_one_run_and_are_not_repeated(dataset, tmp_path):
    single_run, parts = tmp_path / "whole", tmp_path / "parts"
    cross_validate(dataset, single_run)
    cross_validate(dataset, parts, [1])
    with pytest.raises(ValueError, match="no fold 1 of 2"):
        merge(parts, "light")
    written = (parts / "fold-2.json").stat().st_mtime_ns
    cross_validate(dataset, parts)
    assert (parts / "fold-2.json").stat().st_mtime_ns == written
    for name in ("fold-1.json", "fold-2.json"):
        assert (parts / name).read_bytes() == (single_run / name).read_bytes()
    with pytest.raises(ValueError, match=r"fold-1\.json: result of a run with seed 0 \(now 1\)"):
        cross_validate(dataset, parts, settings=replace(SHORT, seed=1))


def test_cuda_without_a_gpu_is_rejected():
    import torch

    if torch.cuda.is_available():
        assert choose_device("auto") == "cuda"
    else:
        assert choose_device("auto") == "cpu"
        with pytest.raises(ValueError, match="--device cuda"):
            choose_device("cuda")


def test_the_demo_goes_from_a_seed_to_a_prediction_and_resumes(head, tmp_path, monkeypatch):
    for name, small in {"PEOPLE": 3, "EXPRESSIONS": 1, "EPOCHS": 1}.items():
        monkeypatch.setattr(demo, name, small)
    reports = made_steps.Reports()
    demo.demo(tmp_path / "demo", 4, "light", reports)
    folder = tmp_path / "demo"
    made = {path: path.stat().st_mtime_ns for path in (*folder.glob("*.h5"), *folder.glob("model/*"))}
    assert len(made) == 7 + 5
    assert 0 <= json.loads((tmp_path / "demo/prediction.json").read_text())["pspi"] <= 16
    assert cv2.imread(str(tmp_path / "demo/sheet.png")) is not None
    assert cv2.imread(str(tmp_path / "demo/prediction.png")) is not None
    demo.demo(tmp_path / "demo", 4, "light", reports)
    assert {path: path.stat().st_mtime_ns for path in made} == made
    with pytest.raises(FileExistsError, match="1-ids"):
        demo.demo(tmp_path / "demo", 5, "light", reports)
