import numpy as np
import pytest

from painctl.shard.writer import ShardWriter

ATTRIBUTES = {"stage": "synth-neutral", "history": [{"stage": "synth-neutral", "version": "0"}]}


@pytest.fixture
def write(tmp_path):
    """Write a small shard: three meshes of five vertices and three encoded pictures, `step` rows at a time."""

    def write(name="a.h5", step=1, attributes=ATTRIBUTES):
        images = [b"", b"one", b"three"]
        vertices = np.arange(45, dtype=np.float32).reshape(3, 5, 3) / 64
        with ShardWriter(tmp_path / name, attributes) as out:
            for start in range(0, 3, step):
                rows = images[start : start + step]
                intrinsics, extrinsics = (np.tile(np.eye(n), (len(rows), 1, 1)) for n in (3, 4))
                out.append(
                    "portraits", {"image": rows, "mask": rows, "intrinsics": intrinsics, "extrinsics": extrinsics}
                )
                out.append("meshes", {"vertices": vertices[start : start + step]})
        return tmp_path / name

    return write
