import json

import numpy as np
import pytest

parquet = pytest.importorskip("pyarrow.parquet")

from painctl.dataset.parquet import write  # noqa: E402


@pytest.fixture
def packed(tmp_path, make_person):
    people = [make_person(0), make_person(1), make_person(2)]
    assert write(zip(people, (0, 0, 1), strict=True), tmp_path) == {
        "train": "data/train-*.parquet",
        "val": "data/val-*.parquet",
    }
    return people, tmp_path / "data"


def test_every_frame_is_a_row(packed):
    people, folder = packed
    rows = parquet.read_table(folder / "train-00000-of-00001.parquet").to_pylist()
    frames = [(person, frame) for person in people[:2] for frame in range(12)]
    keys = {row["key"] for row in rows}
    for row, (person, frame) in zip(rows, frames, strict=True):
        assert row["image"]["bytes"] == person.frames["image"][frame]
        assert row["heatmap"]["bytes"] == person.frames["heatmap"][frame]
        assert row["name"] == person.name
        assert row["PSPI"] == person.expressions["PSPI"][frame // 3]
        assert row["neutral"] in keys
        np.testing.assert_array_equal(np.float32(row["landmarks"]), person.frames["landmarks"][frame])
        np.testing.assert_array_equal(row["landmarks_visible"], person.frames["landmarks_visible"][frame])


def test_the_hub_finds_the_features_of_every_column(packed):
    _, folder = packed
    schema = parquet.read_schema(folder / "val-00000-of-00001.parquet")
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert list(features) == schema.names
    assert features["image"] == {"_type": "Image"}
    assert features["PSPI"] == {"dtype": "int64", "_type": "Value"}
    assert features["landmarks"]["length"] == 68
