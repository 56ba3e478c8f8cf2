"""painctl pretrain: what it rejects before anything is trained, and what it says."""

import json
import re
import sys

import numpy as np
import pytest
from made_steps import Reports

from painctl.cli.pretrain import command
from painctl.cli.training import Model, Track, TrainingOptions
from painctl.dataset.opening import open_data
from painctl.extras import MissingExtra
from painctl.records import UsageError
from painctl.stages.pretrain import DataOptions, open_and_report
from painctl.vitpain.checkpoints import load
from painctl.vitpain.inference import predict_source
from painctl.vitpain.sources import people


def pretrain(dataset, output, **options):
    given = {**vars(TrainingOptions()), **options}
    command(dataset=dataset, output=output, overwrite=False, **given)


def test_a_missing_parent_folder_is_reported_first(dataset_file, tmp_path):
    with pytest.raises(UsageError, match=r"no folder .*no/such; `mkdir -p"):
        pretrain(dataset_file, tmp_path / "no/such/model")


@pytest.mark.parametrize("options", [{"no_reference": True}, {"model": Model.pwct}, {"model": Model.vanilla_vit}])
def test_references_are_left_out_of_models_that_compare_only(dataset_file, tmp_path, options):
    with pytest.raises(UsageError, match=r"--reference-dropout and --.*: no neutral picture to leave out"):
        pretrain(dataset_file, tmp_path / "model", reference_dropout=0.3, **options)
    with pytest.raises(UsageError, match=r"--any-reference and --.*: no neutral picture to replace"):
        pretrain(dataset_file, tmp_path / "model", any_reference=0.3, **options)


def test_a_tracker_that_is_not_installed_is_named_as_typed(dataset_file, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "trackio", None)
    with pytest.raises(MissingExtra, match=r"^--track trackio needs trackio, .*: pip install 'painctl\[track\]'$"):
        pretrain(dataset_file, tmp_path / "model", track=Track.trackio)
    assert not (tmp_path / "model").exists()


def test_only_the_first_of_several_processes_reports_faults(made_unbc, monkeypatch):
    reports = []
    for name, value in {"WORLD_SIZE": "2", "LOCAL_RANK": "0", "MASTER_ADDR": "localhost", "MASTER_PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    for rank in ("0", "1"):
        monkeypatch.setenv("RANK", rank)
        reporter = Reports()
        with open_and_report(made_unbc.folder, DataOptions(0, False, "auto", None, None), reporter):
            reports.append(reporter.lines)
    assert any("2 black frames, left out" in line for line in reports[0])
    assert reports[1] == []


def test_the_epoch_that_was_kept_is_reported(dataset_file, tmp_path, capfd):
    pretrain(dataset_file, tmp_path / "model", epochs=1, batch_size=4, device="cpu")
    printed = capfd.readouterr().err
    assert re.search(r"training on .*; 1 epoch\n", printed)
    assert re.search(r"kept epoch 1 of 1, loss [0-9.]+.*, the least PSPI error on the validation people\n", printed)
    assert re.search(
        r"on the validation people: .*MAE [0-9.]+.*; of always [0-9.]+, the median: MAE [0-9.]+\n", printed
    )


def test_a_model_records_its_scores_its_data_and_a_stated_date(dataset_file, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796083200")
    pretrain(dataset_file, tmp_path / "model", epochs=1, batch_size=4, device="cpu")
    config = json.loads((tmp_path / "model/config.json").read_text())
    with open_data(dataset_file) as data:
        training, validation = data.parts()
        assert config["data"]["sha256"] == data.content
        # what is recorded is what the model that was kept predicts
        estimates = predict_source(load(tmp_path / "model").model, validation).pspi
    assert config["data"]["validation"] == {"people": len(people(validation)), "frames": len(validation)}
    median = np.median(training.pspi)
    assert config["validation"]["median"]["pspi"] == median
    assert config["validation"]["median"]["scores"]["MAE"] == np.abs(validation.pspi - median).mean()
    assert (config["initial"], config["date"]) == (None, "2026-12-01")
    assert config["validation"]["scores"]["MAE"] == pytest.approx(np.abs(validation.pspi - estimates).mean(), abs=1e-4)


def test_a_date_that_is_none_is_an_error_before_anything_is_trained(dataset_file, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH is 'today'; expected whole seconds since 1970"):
        pretrain(dataset_file, tmp_path / "model", epochs=1)
