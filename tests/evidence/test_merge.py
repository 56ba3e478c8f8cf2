import io
import json
import subprocess

import pytest

from painctl.evidence.merge import merge_run
from painctl.files.seals import is_intact
from painctl.plots.themes import LIGHT

PARTS = {"reference": True, "binary": [1], "action_units": True}


@pytest.mark.parametrize(
    ("model", "changes", "name"),
    [
        ("vitpain", {}, "vitpain"),
        ("vitpain", {"binary": []}, "vitpain, no binary head"),
        ("vitpain", {"reference": False, "binary": [], "action_units": False}, "vanilla-vit"),
        ("pwct", {}, "pwct"),
    ],
)
def test_the_report_is_written_beside_the_folds(run, tmp_path, model, changes, name):
    architecture = {**PARTS, **changes}
    for fold in run(description={"model": model, "architecture": architecture}):
        (tmp_path / f"fold-{fold.fold}.json").write_text(fold.as_json())
    report = merge_run(tmp_path, LIGHT)
    written = {path.name for path in tmp_path.iterdir()} - {f"fold-{number}.json" for number in range(1, 6)}
    plots = {f"{name}.{form}" for name in ("roc", "scatter") for form in ("png", "pdf", "svg")}
    tables = {"scores.csv", "confusion.csv", "action_units.csv", "groups.csv", "predictions.csv", "table.tex"}
    assert written == {*tables, "run.json", *plots, "SHA256SUMS"}
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)
    assert is_intact(io.BytesIO((tmp_path / "run.json").read_bytes()))
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["scores"] == report.as_record()
    assert record["about"]["model"] == model
    assert [fold["about"] for fold in record["folds"]] == [None] * 5
    assert f"\n{name} &" in (tmp_path / "table.tex").read_text()
