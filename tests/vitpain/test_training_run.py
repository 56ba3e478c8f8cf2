import json

import pytest

from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import Execution, train
from painctl.vitpain.training_run import describe_run, log_to_file


def test_a_run_is_described_by_data_weights_and_settings(tiny):
    settings = TrainingSettings()
    description = describe_run("digest", tiny(), settings)
    assert description == describe_run("digest", tiny(), settings)
    assert set(description) == {"painctl", "dataset", "model", "architecture", "weights", "settings", "processes"}
    assert description["weights"] != describe_run("digest", tiny(seed=1), settings)["weights"]
    json.dumps(description)


def test_the_log_file_grows_with_every_row(tmp_path):
    path, rows, passed_on = tmp_path / "log.jsonl", [], []
    log = log_to_file(path, passed_on.append, rows)
    for epoch in (1, 2):
        log({"epoch": epoch})
        assert [json.loads(line)["epoch"] for line in path.open()] == list(range(1, epoch + 1))
    assert rows == passed_on == [{"epoch": 1}, {"epoch": 2}]


def test_a_number_that_is_not_finite_is_not_logged(tmp_path):
    log = log_to_file(tmp_path / "log.jsonl", lambda row: None, [])
    with pytest.raises(ValueError, match="not JSON compliant"):
        log({"epoch": 1, "loss": float("nan")})
    assert not (tmp_path / "log.jsonl").exists()


def test_an_undefined_correlation_is_null(tiny, drawn_faces, tmp_path):
    source, settings = drawn_faces([1, 2, 3], 2), TrainingSettings(epochs=1, batch_size=2, learning_rate=1e-3)
    validation = drawn_faces([4, 5], 1)  # only neutral faces
    rows = []
    train(tiny(), source, validation, settings, Execution(log=log_to_file(tmp_path / "log", lambda row: None, rows)))
    assert rows[0]["validation_pcc"] is None
    assert '"validation_pcc": null' in (tmp_path / "log").read_text()
