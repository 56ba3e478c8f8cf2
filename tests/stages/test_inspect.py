import json

import cv2
import pytest
from made_steps import pack_options

from painctl.cli.inspect import command
from painctl.dataset.gather import plan_dataset
from painctl.records import UsageError
from painctl.shard.schema import FORMAT_VERSION
from painctl.stages.pack import write


@pytest.fixture
def dataset(write_shard, tmp_path):
    plan = plan_dataset([write_shard("a.h5", [0, 1, 2, 3])], pack_options())
    write(plan, tmp_path / "tiny.h5", "h5")
    return plan, tmp_path / "tiny.h5"


def test_json_has_row_counts_by_table(dataset, capfd):
    command([dataset[1]], as_json=True)
    summary = json.loads(capfd.readouterr().out)
    counts = {name: summary[name] for name in ("identities", "topology", "expressions", "frames", "split", "neutral")}
    assert counts == {"identities": 4, "topology": 1, "expressions": 16, "frames": 48, "split": 4, "neutral": 4}
    assert sum(summary["pspi"].values()) == 12
    assert summary["splits"] == {"train": 3, "val": 1, "test": 0}
    assert (summary["stage"], summary["format_version"]) == ("pack", FORMAT_VERSION)
    assert [step["stage"] for step in summary["history"]][-1] == "pack"
    columns = {column["column"]: column for column in summary["columns"]}
    assert columns["expressions/vertices"] == {
        "column": "expressions/vertices",
        "dtype": "float32",
        "shape": [16, 6, 3],
        "bytes": 16 * 6 * 12,
    }
    assert columns["frames/image"]["shape"] == [48]


def test_the_text_output_has_no_escape_codes(dataset, capfd, tmp_path):
    command([dataset[1]])
    text = capfd.readouterr().out
    assert "\x1b" not in text
    for word in ("frames", "48", "expressions/PSPI", "render-views", "train"):
        assert word in text
    write(dataset[0], tmp_path / "d", "folder")
    command([tmp_path / "d"])
    assert "48" in capfd.readouterr().out


def test_the_card_is_printed(dataset, write_shard, capfd):
    command([dataset[1]], card=True)
    assert capfd.readouterr().out.startswith("# Synthetic pain faces: 4 people")
    with pytest.raises(ValueError, match="no card"):
        command([write_shard("b.h5", [0])], card=True)


def test_the_sheet_is_written(dataset, tmp_path, capfd):
    command([dataset[1]], sheet=tmp_path / "sheet.png")
    assert cv2.imread(str(tmp_path / "sheet.png")).shape[0] > 16 * 160
    with pytest.raises(UsageError, match=r"sheet\.gif: expected"):
        command([dataset[1]], sheet=tmp_path / "sheet.gif")
