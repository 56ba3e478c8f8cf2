import numpy as np
import pytest

from painctl.shard.reader import Shard
from painctl.shard.schema import BYTES, TABLES
from painctl.shard.writer import ShardWriter

ATTRIBUTES = {"stage": "synth-neutral", "history": []}


def portraits(*images):
    count = len(images)
    return {
        "image": list(images),
        "mask": list(images),
        "intrinsics": np.tile(np.eye(3), (count, 1, 1)),
        "extrinsics": np.tile(np.eye(4), (count, 1, 1)),
    }


def test_bytes_do_not_depend_on_how_rows_arrive(write):
    assert write("one.h5", step=1).read_bytes() == write("all.h5", step=3).read_bytes()


def test_written_rows_are_read_back(write):
    with Shard(write()) as shard:
        assert shard.read("portraits", "image") == [b"", b"one", b"three"]
        assert shard.read("portraits", "image", 2) == b"three"
        assert shard.read("portraits", "image", slice(1, 2)) == [b"one"]
        np.testing.assert_array_equal(shard.read("meshes", "vertices", 1).ravel(), np.arange(15, 30) / 64)
        assert shard.rows("portraits") == 3
        assert shard.rows("frames") == 0
        assert shard.attributes["stage"] == "synth-neutral"


def test_an_error_leaves_no_file(tmp_path):
    with pytest.raises(RuntimeError), ShardWriter(tmp_path / "a.h5", ATTRIBUTES) as out:
        out.append("portraits", portraits(b"one"))
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_laying_out_leaves_the_old_file(write, monkeypatch):
    path = write()
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"), ShardWriter(path, ATTRIBUTES) as out:
        out.append("portraits", portraits(b"one"))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"image": [b""]}, "missing or unknown"),
        ({**portraits(b""), "colour": [1]}, "colour"),
        ({**portraits(b""), "intrinsics": np.eye(4)[None]}, "portraits/intrinsics"),
        ({**portraits(b""), "image": [b"", b""]}, "different numbers of rows"),
    ],
)
def test_rows_that_do_not_fit_the_schema_are_rejected(tmp_path, columns, complaint):
    with pytest.raises(ValueError, match=complaint), ShardWriter(tmp_path / "a.h5", ATTRIBUTES) as out:
        out.append("portraits", columns)


def test_an_extent_is_fixed_within_a_file(tmp_path):
    with pytest.raises(ValueError, match="V is 6, but was 5"), ShardWriter(tmp_path / "a.h5", ATTRIBUTES) as out:
        out.append("meshes", {"vertices": np.zeros((1, 5, 3))})
        out.append("meshes", {"vertices": np.zeros((1, 6, 3))})


def test_rows_are_copied_from_another_shard(write, tmp_path):
    with Shard(write()) as shard, ShardWriter(tmp_path / "b.h5", shard.attributes) as out:
        out.copy(shard, "portraits", slice(1, 3))
    with Shard(tmp_path / "b.h5") as shard:
        assert shard.read("portraits", "image") == [b"one", b"three"]


def write_attempts(path, *pieces):
    """Write portraits, one append per piece: (attempts, agreements) of its rows, or a number of rows without either."""
    with ShardWriter(path, ATTRIBUTES) as out:
        for piece in pieces:
            optional = {} if isinstance(piece, int) else dict(zip(("attempt", "agreement"), piece, strict=True))
            count = piece if isinstance(piece, int) else len(piece[0])
            out.append("portraits", portraits(*[b"x"] * count) | optional)
    return path


def test_an_optional_column_is_stored_only_if_a_row_has_a_value(tmp_path):
    empty = write_attempts(tmp_path / "a.h5", 2, ([0], [0.0]))
    assert empty.read_bytes() == write_attempts(tmp_path / "b.h5", 3).read_bytes()
    with Shard(empty) as shard:
        assert "attempt" not in [column.name for column in shard.columns("portraits")]
        assert shard.read("portraits", "attempt").tolist() == [0, 0, 0]
        assert shard.read("portraits", "attempt", 1) == 0
        assert "attempt" not in shard.read_rows("portraits", slice(0, 3))
    pieces = [([0, 0], [0.5, 0]), ([2], [0.25]), 1]
    with Shard(write_attempts(tmp_path / "c.h5", 1, *pieces)) as shard:
        assert shard.read("portraits", "attempt").tolist() == [0, 0, 0, 2, 0]
        assert shard.read("portraits", "agreement").tolist() == [0, 0.5, 0, 0.25, 0]
        assert set(shard.read_rows("portraits", slice(0, 2))) - set(portraits()) == {"agreement"}


def test_an_optional_column_does_not_depend_on_appends_or_copying(tmp_path):
    separate = write_attempts(tmp_path / "one.h5", ([0], [0.0]), ([1], [0.5]), ([0], [0.25]))
    assert separate.read_bytes() == write_attempts(tmp_path / "all.h5", ([0, 1, 0], [0.0, 0.5, 0.25])).read_bytes()
    with Shard(separate) as shard, ShardWriter(tmp_path / "copy.h5", ATTRIBUTES) as out:
        out.copy(shard, "portraits")
    assert (tmp_path / "copy.h5").read_bytes() == separate.read_bytes()


def test_an_optional_column_must_have_as_many_rows_as_the_others(tmp_path):
    with pytest.raises(ValueError, match="different numbers of rows"), ShardWriter(tmp_path / "a.h5", {}) as out:
        out.append("portraits", portraits(b"x", b"y") | {"attempt": [1]})


def write_effects(path, *pieces):
    """Write frames, one append per piece: their camera [N, C], or a number of frames without."""
    with ShardWriter(path, ATTRIBUTES) as out:
        for piece in pieces:
            count = piece if isinstance(piece, int) else len(piece)
            given = {} if isinstance(piece, int) else {"camera": piece}
            out.append("frames", frames(count) | given)
    return path


def frames(count):
    """The other columns of frames, all zeros."""
    values = {}
    for column in TABLES["frames"].columns:
        shape = tuple(1 if isinstance(extent, str) else extent for extent in column.shape)
        if not column.optional:
            values[column.name] = [b"x"] * count if column.dtype == BYTES else np.zeros((count, *shape), column.dtype)
    return values


def test_the_extent_of_an_optional_column_comes_from_the_rows_that_have_it(tmp_path):
    rows = np.float32([[1, 0, 2], [0, 0, 0]])
    written = write_effects(tmp_path / "a.h5", 1, [rows[0]], list(rows[1:]), 1)
    assert written.read_bytes() == write_effects(tmp_path / "b.h5", np.array([rows[1], *rows, rows[1]])).read_bytes()
    with Shard(written) as shard:
        np.testing.assert_array_equal(shard.read("frames", "camera"), [rows[1], *rows, rows[1]])
        assert "camera" not in shard.read_rows("frames", slice(2, 4))
    with Shard(write_effects(tmp_path / "c.h5", 2, [rows[1]])) as shard:
        assert shard.read("frames", "camera").shape == (3, 0)
