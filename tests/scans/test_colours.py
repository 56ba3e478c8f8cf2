import made_meshes
import numpy as np
import pytest

from painctl.appearance.texels import texels
from painctl.scans.colours import transfer
from painctl.scans.mesh_file import read_mesh

SIZE = 256


@pytest.mark.parametrize("kind", ["picture", "vertices"])
def test_colours_are_where_they_were_on_the_mesh(head, person, parts, tmp_path, kind):
    if kind == "picture":
        mesh = read_mesh(made_meshes.write_obj(parts, tmp_path / "a.obj", picture=tmp_path / "a.png"))
        surface = mesh.vertices / 100
    else:
        mesh = read_mesh(made_meshes.write_ply(parts, tmp_path / "a.ply"))
        surface = mesh.vertices / 1000
    pose = made_meshes.posed(np.eye(4, 3) - np.eye(4, 3)[3], 1.0, 12.0 if kind == "picture" else 0.0)
    surface = (surface - pose[3]) @ np.linalg.inv(pose[:3] - pose[3])  # back to the head's frame
    own = transfer(mesh, surface, head.topology, person, SIZE)
    layout = texels(head.topology, SIZE)
    member = {name: layout.interpolate(head.topology.region(name)) for name in ("face", "eyes", "sockets")}
    face = (member["face"] > 0.9) & (member["sockets"] < 0.1)
    expected = made_meshes.colour_of(layout.interpolate(person)[face]).astype(int)
    difference = np.abs(layout.gather(own.albedo)[face].astype(int) - expected)
    assert np.median(difference) <= 3
    assert np.quantile(difference, 0.95) < 16
    covered = layout.gather(own.covered)
    assert (covered[face] == 255).mean() > 0.98
    assert not covered[member["eyes"] > 0.9].any()
