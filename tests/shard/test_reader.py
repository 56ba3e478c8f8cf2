import h5py
import pytest
from forged import forge, replaced

from painctl.shard.reader import Shard
from painctl.shard.schema import OLDEST_FORMAT
from painctl.shard.seal import ShardError


def link(file):
    del file["meshes/vertices"]
    file["meshes/vertices"] = h5py.ExternalLink("/etc/hostname", "/")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda file: file.attrs.modify("format_version", 99), "format 99 is newer than"),
        (lambda file: file.attrs.modify("format_version", 1), "format 1 is older than"),
        (lambda file: file.attrs.__delitem__("history"), "no history"),
        (lambda file: file.create_group("extra"), "unknown table extra"),
        (lambda file: file.__delitem__("portraits/intrinsics"), "no column portraits/intrinsics"),
        (replaced("meshes/vertices", shape=(3, 5, 2), dtype="f4", fillvalue=0), "meshes/vertices"),
        (replaced("meshes/vertices", shape=(1 << 40, 5, 3), dtype="f4"), "not stored like a column"),
        (
            replaced("meshes/vertices", shape=(1 << 40, 5, 3), dtype="f4", chunks=(1, 5, 3)),
            "not stored like a column",
        ),
        (replaced("portraits/image_offsets", data=[0, 9, 4, 8]), "offsets do not match"),
        (link, "no column meshes/vertices"),
    ],
)
def test_a_validly_sealed_file_that_violates_the_schema_is_rejected(write, change, complaint):
    path = write()
    forge(path, change)
    with pytest.raises(ShardError, match=complaint) as error:
        Shard(path)
    assert str(error.value).startswith(f"{path}: ")


def test_a_shard_of_the_previous_format_is_read(write):
    path = write()
    forge(path, lambda file: file.attrs.modify("format_version", OLDEST_FORMAT))
    with Shard(path) as shard:
        assert shard.attributes["format_version"] == OLDEST_FORMAT
        assert shard.rows("meshes") == 3


def test_hdf5_without_a_seal_is_rejected(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = [1]
    with pytest.raises(ShardError, match="no seal"):
        Shard(tmp_path / "a.h5")


def test_a_file_that_is_not_hdf5_is_rejected(tmp_path):
    (tmp_path / "a.h5").write_text("hello")
    with pytest.raises(ShardError, match="not a shard"):
        Shard(tmp_path / "a.h5")


def test_a_missing_table_names_the_command_that_makes_it(write):
    with Shard(write()) as shard, pytest.raises(ShardError, match="no frames; run `painctl render-views`"):
        shard.require("meshes", "frames")


def test_a_table_or_column_that_is_not_there_is_named_with_those_that_are(write):
    with Shard(write()) as shard:
        with pytest.raises(ShardError, match="no table frames; its tables are meshes, portraits"):
            shard.read("frames", "yaw")
        with pytest.raises(ShardError, match="no column vertex in meshes; its columns are vertices"):
            shard.read("meshes", "vertex")
