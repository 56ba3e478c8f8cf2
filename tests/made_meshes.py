"""Head meshes in files, as artists and scanners make them: the open head on other vertices, cut, turned, coloured."""

import json
import struct

import numpy as np
from made_heads import remeshed_head
from scipy.spatial.transform import Rotation

from painctl.images.encode import encode_png
from painctl.rig.neural.clean_mesh import CleanMesh

CENTIMETRES, PITCH = 100.0, 12.0  # units per metre, degrees
SHIFT = np.array([0.03, 1.6, -0.07])  # metres, of the origin
TEETH = 60  # triangles


def colour_of(points):
    """The colour of a head at points [N, 3] in metres: uint8 [N, 3], smooth in space."""
    waves = np.sin(points @ np.array([[40.0, 0, 9], [0, 55, 0], [7, 0, 45]]) + (0.3, 1.1, 2.0))
    return np.rint(128 + 70 * waves).astype(np.uint8)


def posed(points, units=CENTIMETRES, pitch=PITCH):
    """Points [N, 3] of a head as they stand in a file."""
    return units * points @ Rotation.from_euler("x", pitch, degrees=True).as_matrix().T + units * SHIFT


def parts_of(head, neutral, triangles=7000, seed=91):
    """The skin, the two eyeballs and some teeth of a person, each vertices [N, 3] in metres and triangles [F, 3]."""
    remeshing = remeshed_head(head, triangles, seed)
    points = remeshing(neutral.astype(float))
    label = CleanMesh.of(points, remeshing.faces)
    part = label.parts[label.faces[:, 0]]
    skin = remeshing.faces[label.face_rows[part == 0]]
    parts = {"skin": _compact(points, skin)}
    for side in ("left_eye", "right_eye"):
        ball = head.topology.region(side) > 0
        parts[side] = _compact(neutral.astype(float), head.topology.faces[ball[head.topology.faces].all(1)])
    rng = np.random.default_rng(0)
    corners = np.array([0, -0.066, -0.012]) + rng.normal(0, 0.002, (TEETH, 3, 3))
    parts["teeth"] = corners.reshape(-1, 3), np.arange(3 * TEETH).reshape(-1, 3)
    return parts


def without(parts, *names):
    return {name: part for name, part in parts.items() if name not in names}


def cut(part, kept):
    """A part without the vertices that are not `kept`, bool [N]."""
    vertices, faces = part
    return _compact(vertices, faces[kept(vertices)[faces].all(1)])


def write_obj(parts, path, units=CENTIMETRES, pitch=PITCH, picture=None):
    """A Wavefront OBJ; with `picture`, an atlas of the skin by triangles goes beside it, with its material library."""
    lines, start, at = [], 1, 1
    if picture:
        lines.append(f"mtllib {path.stem}.mtl")
        path.with_suffix(".mtl").write_text(f"newmtl skin\nKd 1 1 1\nmap_Kd {picture.name}\n")
    for name, (vertices, faces) in parts.items():
        lines += [f"o {name}", f"usemtl {name}"]
        lines += ["v {:.6f} {:.6f} {:.6f}".format(*row) for row in posed(vertices, units, pitch)]
        if picture and name == "skin":
            uvs, image = _atlas(vertices[faces])
            picture.write_bytes(encode_png(image))
            lines += ["vt {:.6f} {:.6f}".format(*row) for row in uvs.reshape(-1, 2)]
            corners = at + np.arange(faces.size).reshape(faces.shape)
            lines += [
                "f " + " ".join(f"{v + start}/{t}" for v, t in zip(*row, strict=True))
                for row in zip(faces, corners, strict=True)
            ]
            at += faces.size
        else:
            lines += ["f {} {} {}".format(*row) for row in faces + start]
        start += len(vertices)
    path.write_text("\n".join(lines) + "\n")
    return path


def write_ply(parts, path, units=1000.0, pitch=0.0):
    """A binary PLY with colours at its vertices."""
    vertices = np.concatenate([points for points, _ in parts.values()])
    starts = np.cumsum([0, *(len(points) for points, _ in parts.values())])
    faces = np.concatenate(
        [triangles + start for (_, triangles), start in zip(parts.values(), starts[:-1], strict=True)]
    )
    rows = np.zeros(len(vertices), [("xyz", "<f4", 3), ("rgb", "u1", 3)])
    rows["xyz"], rows["rgb"] = posed(vertices, units, pitch), colour_of(vertices)
    triangles = np.zeros(len(faces), [("count", "u1"), ("corners", "<i4", 3)])
    triangles["count"], triangles["corners"] = 3, faces
    header = [
        *("ply", "format binary_little_endian 1.0", f"element vertex {len(vertices)}"),
        *(f"property float {axis}" for axis in "xyz"),
        *(f"property uchar {name}" for name in ("red", "green", "blue")),
        *(f"element face {len(faces)}", "property list uchar int vertex_indices", "end_header"),
    ]
    path.write_bytes("\n".join(header).encode() + b"\n" + rows.tobytes() + triangles.tobytes())
    return path


def write_glb(parts, path, units=1.0, pitch=0.0, change=None):
    """A binary glTF of one mesh for each part; `change` may change its description, a dict."""
    blob, views, accessors, meshes = b"", [], [], []
    for name, (vertices, faces) in parts.items():
        points, corners = posed(vertices, units, pitch).astype("<f4"), faces.astype("<u4").ravel()
        for data, kind, count, component in (
            (points, "VEC3", len(points), 5126),
            (corners, "SCALAR", faces.size, 5125),
        ):
            views.append({"buffer": 0, "byteOffset": len(blob), "byteLength": data.nbytes})
            limits = {"min": points.min(0).tolist(), "max": points.max(0).tolist()} if kind == "VEC3" else {}
            accessors.append(
                {"bufferView": len(views) - 1, "componentType": component, "count": int(count), "type": kind, **limits}
            )
            blob += data.tobytes()
        meshes.append(
            {
                "name": name,
                "primitives": [{"attributes": {"POSITION": len(accessors) - 2}, "indices": len(accessors) - 1}],
            }
        )
    tree = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(meshes)))}],
        "nodes": [{"mesh": number} for number in range(len(meshes))],
        "meshes": meshes,
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(blob)}],
    }
    if change:
        change(tree)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def _compact(vertices, faces):
    used, faces = np.unique(faces, return_inverse=True)
    return vertices[used], faces.reshape(-1, 3)


def _atlas(corners):
    """An atlas in which each triangle [F, 3, 3] has a right triangle of its own: uvs [F, 3, 2] and picture."""
    side = int(np.ceil(np.sqrt(len(corners))))
    cell = 12  # pixels
    row, column = np.divmod(np.arange(len(corners)), side)
    local = np.array([[1.5, 1.5], [cell - 2.5, 1.5], [1.5, cell - 2.5]])  # pixels, v downwards
    pixels = np.stack([column, row], 1)[:, None] * cell + local
    size = side * cell
    x, y = np.meshgrid(*[np.arange(cell) + 0.5] * 2)
    span = cell - 4
    b, c = (x - 1.5) / span, (y - 1.5) / span
    weights = np.stack([1 - b - c, b, c], -1)  # beyond the triangle: extrapolated
    image = np.zeros((side, side, cell, cell, 3), np.uint8)
    image.reshape(-1, cell, cell, 3)[: len(corners)] = colour_of(
        np.einsum("yxk,fkd->fyxd", weights, corners).reshape(-1, 3)
    ).reshape(-1, cell, cell, 3)
    picture = image.transpose(0, 2, 1, 3, 4).reshape(size, size, 3)
    uvs = pixels / size
    uvs[..., 1] = 1 - uvs[..., 1]
    return uvs, picture
