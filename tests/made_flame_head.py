"""A head in FLAME's exact file layout: the open head, decimated, with eyes and mouth like FLAME's.

As in FLAME, the eyeballs are separate parts, and the skin closes at a pole behind each of them and ends in the mouth,
behind the lips. There are five joints, 300 shapes, of which the first are those of open heads, and 100 expressions.
"""

import heapq

import numpy as np
from made_flame import pickled
from scipy.sparse import csc_matrix

from painctl.face.demographics import assign, load_demographics
from painctl.face.head import eye_centres
from painctl.face.identity import draw_identity
from painctl.face.shell import hidden_vertices
from painctl.mesh.boundary import boundary_loops
from painctl.mesh.graph import unique_edges

PEOPLE = 24
_LATITUDES, _LONGITUDES = 10, 16  # of an eyeball
_SHARE = 0.45  # position of the ring around a pole, from the centre of the eyeball (0) to the rim of the lid (1)
_DISCS = {"left": ((0.715, 0.58), (0.64, 0.85), (0.83, 0.57)), "right": ((0.595, 0.58), (0.86, 0.85), (0.91, 0.57))}
_ORIGIN = np.array([0.0, 0.031, -0.012])  # of the file's coordinates, relative to the point between the eyes


def write_flame(head, folder, name="generic_model.pkl", chumpy=("v_template", "shapedirs")):
    """Write the model and its template OBJ. Returns the path of the model."""
    values, obj = make_head(head)
    (folder / name).write_bytes(pickled(values, chumpy))
    (folder / "head_template.obj").write_text(obj)
    return folder / name


def make_head(head):
    """The contents of the model's pickle, and the text of its template."""
    people, mesh = _decimated(head)
    faces, uvs, uv_faces, mix = mesh.with_eyes(head.topology)
    people = np.stack([mix(person.astype(float), eye_centres(head.topology, person)) for person in people])
    template = people.mean(0)
    rng = np.random.default_rng(0)
    shapes = np.zeros((len(template), 3, 400))
    _, size, ways = np.linalg.svd((people - template).reshape(PEOPLE, -1), full_matrices=False)
    shapes[..., : PEOPLE - 1] = np.moveaxis(
        (size[:-1, None] * ways[:-1] / np.sqrt(PEOPLE)).reshape(-1, *template.shape), 0, 2
    )
    waves = np.sin(template @ rng.normal(0, 40, (3, 100)) + rng.uniform(0, 6, 100))
    shapes[..., 300:] = 5e-4 * waves[:, None] * rng.normal(0, 1, (3, 100))
    joints = np.array([[0, -0.15, -0.06], [0, -0.09, -0.05], [0, -0.03, -0.03], [0.03, 0, 0], [-0.03, 0, 0]])
    values = {
        "v_template": template + _ORIGIN,
        "shapedirs": shapes,
        "posedirs": 1e-3 * np.sin(template @ rng.normal(0, 30, (3, 36)))[:, None] * rng.normal(0, 1, (3, 36)),
        "J_regressor": csc_matrix(_nearest(template, joints)),
        "kintree_table": np.array([[2**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]], np.uint32),
        "weights": _weights(template, mesh.balls),
        "f": faces.astype(np.uint32),
        "J": joints,
        "bs_style": "lbs",
    }
    return values, _obj(values["v_template"], faces, uvs, uv_faces)


def skin_of(head):
    """(vertices of the open head that the skin keeps, the rims of both eyes, SHARE, the unit eyeball).

    The parts of `make_head`'s mesh, with sockets and eyeballs, to express it as mixtures of open heads.
    """
    _, mesh = _decimated(head)
    mesh.with_eyes(head.topology)
    return np.unique(mesh.faces), mesh.lids, _SHARE, _sphere()[0]


def _decimated(head):
    """`PEOPLE` open heads, and the decimated mesh of their mean."""
    groups = assign(load_demographics("balanced"), PEOPLE, 7)
    people = [head.neutral(draw_identity(head, 7, i, *group).coefficients) for i, group in enumerate(groups)]
    mesh = _Mesh(head.topology, np.mean(people, 0, dtype=float))
    mesh.decimate(head.topology, np.abs(head.template[:, 0]) < 1e-4)
    return people, mesh


class _Mesh:
    """The open head's skin with given vertices."""

    def __init__(self, topology, vertices):
        self.vertices = vertices
        lips = topology.grown(topology.region("mouth_inside") == 0, 2)  # and two rings behind the lips
        inside = (topology.region("eyes") > 0) | (topology.region("tongue") > 0) | (topology.region("sockets") > 0)
        kept = ~(inside | ~lips)[topology.faces].any(1)
        self.faces = topology.faces[kept].astype(int)
        self.uv_faces = topology.uv_faces[kept].astype(int)
        self.uvs = topology.uvs.astype(float)

    def decimate(self, topology, midline, share=0.8):
        """Collapse the shortest edges until this share of vertices is left, but keep eyes, lips, midline and seams."""
        fine = topology.grown(hidden_vertices(topology), 5) | midline
        coordinates = [set() for _ in self.vertices]
        around = [set() for _ in self.vertices]
        for number, (face, uv) in enumerate(zip(self.faces, self.uv_faces, strict=True)):
            for vertex, coordinate in zip(face, uv, strict=True):
                coordinates[vertex].add(coordinate)
                around[vertex].add(number)
        ends = np.concatenate(boundary_loops(self.faces))
        fixed = fine | np.isin(np.arange(len(fine)), ends) | np.array([len(uvs) != 1 for uvs in coordinates])
        faces, uv_faces = self.faces.tolist(), self.uv_faces.tolist()
        edges = unique_edges(self.faces)
        queue = [(np.linalg.norm(self.vertices[a] - self.vertices[b]), int(a), int(b)) for a, b in edges]
        heapq.heapify(queue)
        left = int((1 - share) * len(np.unique(self.faces)))
        while queue and left:
            _, a, b = heapq.heappop(queue)
            removed, remaining = (a, b) if not fixed[a] else (b, a)
            if (
                fixed[removed]
                or len(coordinates[remaining]) != 1
                or not self._can_collapse(faces, around, removed, remaining)
            ):
                continue
            for number in list(around[removed]):
                if remaining in faces[number]:
                    for vertex in faces[number]:
                        around[vertex].discard(number)
                    faces[number] = None
                else:
                    at = faces[number].index(removed)
                    faces[number][at], uv_faces[number][at] = remaining, next(iter(coordinates[remaining]))
                    around[remaining].add(number)
            around[removed].clear()
            fixed[removed] = True
            left -= 1
        kept = [number for number, face in enumerate(faces) if face is not None]
        self.faces, self.uv_faces = (np.array([rows[number] for number in kept]) for rows in (faces, uv_faces))

    def _can_collapse(self, faces, around, removed, remaining):
        """Whether an edge may be collapsed: the surface stays a manifold, and no triangle flips."""
        near = [{vertex for number in around[end] for vertex in faces[number]} for end in (removed, remaining)]
        if remaining not in near[0] or len(near[0] & near[1] - {removed, remaining}) != 2:
            return False
        for number in around[removed]:
            if remaining not in faces[number]:
                before = self.vertices[faces[number]]
                after = self.vertices[[remaining if vertex == removed else vertex for vertex in faces[number]]]
                old, new = (np.cross(c[1] - c[0], c[2] - c[0]) for c in (before, after))
                if old @ new < 0.3 * np.linalg.norm(old) * np.linalg.norm(new):
                    return False
        return True

    def with_eyes(self, topology):
        """(faces, uvs, uv_faces, mix), with sockets and eyeballs.

        `mix` computes the vertices of this mesh from an open head [U, 3] and the centres of its eyes [2, 3].
        """
        kept = np.unique(self.faces)
        number = np.full(len(self.vertices), -1)
        number[kept] = np.arange(len(kept))
        faces, uv_faces, uvs = [number[self.faces]], [self.uv_faces], [self.uvs]
        lids = [
            rim
            for rim in boundary_loops(self.faces)
            if hidden_vertices(topology)[rim].all() and self.vertices[rim, 1].mean() > -0.03
        ]
        lids.sort(key=lambda rim: -self.vertices[rim, 0].mean())
        sphere, sphere_faces = _sphere()
        self.lids, radius = lids, np.ptp(self.vertices[topology.region("left_eye") > 0, 0]) / 2
        count, self.balls = len(kept), []
        for rim, (socket, *_) in zip(lids, _DISCS.values(), strict=True):
            ring = np.arange(len(rim))
            faces.append(_fan(number[rim], count + ring, count + len(rim)))
            turn = 2 * np.pi * ring / len(rim)
            disc = [socket + share * 0.05 * np.stack([np.cos(turn), np.sin(turn)], 1) for share in (1, 0.5, 0)]
            start = sum(map(len, uvs))
            uvs += [disc[0], disc[1], disc[2][:1]]
            uv_faces.append(_fan(start + ring, start + len(rim) + ring, start + 2 * len(rim)))
            count += len(rim) + 1
        for _, front, back in _DISCS.values():
            faces.append(count + sphere_faces)
            self.balls.append(np.arange(count, count + len(sphere)))
            ahead = sphere[sphere_faces][..., 2].mean(1, keepdims=True) > 0
            start = sum(map(len, uvs))
            uvs += [front + 0.10 * sphere[:, :2], back + 0.03 * sphere[:, :2] * (-1, 1)]
            uv_faces.append(start + sphere_faces + np.where(ahead, 0, len(sphere)))
            count += len(sphere)

        def mix(vertices, centres):
            parts = [vertices[kept]]
            for rim, centre in zip(lids, centres, strict=True):
                parts += [centre + _SHARE * (vertices[rim] - centre), centre[None]]
            return np.concatenate([*parts, *(centre + radius * sphere for centre in centres)])

        return np.concatenate(faces), np.concatenate(uvs), np.concatenate(uv_faces), mix


def _fan(rim, ring, pole):
    """Triangles from a rim, a boundary loop of the skin, to a ring inside it, and on to a pole."""
    a, b, c, d = rim, np.roll(rim, -1), np.roll(ring, -1), ring
    return np.concatenate(
        [np.stack([b, a, d], 1), np.stack([b, d, c], 1), np.stack([c, d, np.full(len(ring), pole)], 1)]
    )


def _sphere():
    """A unit sphere around the z axis: vertices [N, 3] and outward triangles."""
    polar = np.pi * np.arange(1, _LATITUDES) / _LATITUDES
    turn = 2 * np.pi * np.arange(_LONGITUDES) / _LONGITUDES
    rings = np.stack(
        [
            np.outer(np.sin(polar), np.cos(turn)),
            np.outer(np.sin(polar), np.sin(turn)),
            np.outer(np.cos(polar), np.ones(_LONGITUDES)),
        ],
        2,
    )
    vertices = np.concatenate([[[0, 0, 1]], rings.reshape(-1, 3), [[0, 0, -1]]])
    at = 1 + np.arange(len(polar) * _LONGITUDES).reshape(len(polar), _LONGITUDES)
    a, b, c, d = at[:-1], at[1:], np.roll(at, -1, 1)[1:], np.roll(at, -1, 1)[:-1]
    caps = [(0, x, y) for x, y in zip(at[0], np.roll(at[0], -1), strict=True)]
    caps += [(len(vertices) - 1, y, x) for x, y in zip(at[-1], np.roll(at[-1], -1), strict=True)]
    walls = np.concatenate([np.stack([a, b, c], 2).reshape(-1, 3), np.stack([a, c, d], 2).reshape(-1, 3)])
    return vertices, np.concatenate([np.array(caps), walls])


def _nearest(template, joints):
    """A joint regressor [5, V]: the mean of the eight vertices nearest to each joint."""
    regressor = np.zeros((len(joints), len(template)))
    for row, joint in zip(regressor, joints, strict=True):
        row[np.linalg.norm(template - joint, axis=1).argsort()[:8]] = 1 / 8
    return regressor


def _weights(template, balls):
    """Skinning weights [V, 5]: the neck bends over 5 cm, chin and lower lip follow the jaw."""
    _, y, z = template.T
    neck = np.clip((y + 0.16) / 0.05, 0, 1)
    jaw = np.clip((-0.066 - y) / 0.01, 0, 1) * np.clip((z + 0.03) / 0.03, 0, 1) * neck
    weights = np.stack([1 - neck, neck - jaw, jaw, 0 * y, 0 * y], 1)
    for joint, ball in zip((3, 4), balls, strict=True):
        weights[ball] = np.eye(5)[joint]
    return weights


def _obj(vertices, faces, uvs, uv_faces):
    lines = ["# a template", "mtllib template.mtl"]
    lines += [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices]
    lines += [f"vt {u:.6f} {v:.6f}" for u, v in uvs]
    lines += ["usemtl material_1", "s off"]
    corners = np.stack([faces, uv_faces], 2) + 1
    lines += ["f " + " ".join(f"{vertex}/{uv}" for vertex, uv in face) for face in corners.tolist()]
    return "\n".join(lines) + "\n"
