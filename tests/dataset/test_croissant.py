import json

import pytest
from made_steps import pack_options

from painctl.dataset.croissant import describe
from painctl.dataset.gather import plan_dataset
from painctl.stages.pack import write


@pytest.fixture
def packed(write_shard, tmp_path):
    """Writes a dataset of six people in a format; returns its folder."""

    def pack(form):
        plan = plan_dataset([write_shard("a.h5", range(6))], pack_options())
        write(plan, tmp_path / form, form)
        return tmp_path / form

    return pack


@pytest.mark.parametrize("form", ["folder", "webdataset", "parquet"])
def test_every_file_set_has_files(packed, form):
    if form == "parquet":
        pytest.importorskip("pyarrow")
    folder = packed(form)
    described = json.loads((folder / "croissant.json").read_text())
    assert described["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    for files in described["distribution"]:
        assert [*folder.glob(files["includes"])], files["@id"]
    assert described["license"].startswith("https://creativecommons.org/publicdomain/zero")


def test_every_column_of_a_row_is_in_the_parquet_files(packed):
    parquet = pytest.importorskip("pyarrow.parquet")
    folder = packed("parquet")
    rows = json.loads((folder / "croissant.json").read_text())["recordSet"][1]
    named = {field["source"]["extract"].get("column") for field in rows["field"]} - {None}
    columns = set(parquet.read_schema(folder / "data/train-00000-of-00001.parquet").names)
    assert columns - named == {"landmarks", "landmarks_visible", "intrinsics", "extrinsics"}
    assert named <= columns


@pytest.mark.parametrize("form", ["folder", "webdataset", "parquet"])
def test_the_reference_implementation_reads_it(packed, form):
    mlcroissant = pytest.importorskip("mlcroissant")
    folder = packed(form)
    dataset = mlcroissant.Dataset(jsonld=str(folder / "croissant.json"))
    assert not dataset.metadata.ctx.issues.errors
    if form == "parquet":
        rows = [*dataset.records("frames")]
        assert len(rows) == 72
        assert {row["frames/split"] for row in rows} <= {b"train", b"val", b"test"}
        assert max(rows[0]["frames/image"].size) > 8


def test_bound_pictures_refer_to_the_card():
    described = describe("folder", {"identities": 1, "frames": 3}, "ab" * 32, False)
    assert described["license"] == "README.md"
