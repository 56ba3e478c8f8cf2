import json

from painctl.vitpain.settings import TrainingSettings
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
