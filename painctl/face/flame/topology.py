"""FLAME's topology for the later stages: its own mesh, with the open head's regions, landmarks and facial actions.

FLAME has no action units, and its regions and landmarks may not be shipped. The open head has them all: it is laid
onto FLAME's template, and each point of FLAME's skin takes what the open head has there. What lies behind lids and lips
comes from FLAME's own mesh (anatomy.py), as do the landmarks of lids and of the inner lips.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu

from painctl.face.flame.anatomy import Anatomy, find_anatomy
from painctl.face.flame.nonrigid import Places, lay_onto, locate
from painctl.face.head import Head, eye_centres
from painctl.face.shell import Shell, Slit
from painctl.mesh.graph import adjacency
from painctl.records import Topology

_EYE, _LIPS = (1 / 3, 2 / 3), (0.3, 0.5, 0.7)  # where landmarks lie on a lid and on a lip's inner edge, of its length


def build_topology(
    template: np.ndarray,
    faces: np.ndarray,
    uvs: np.ndarray,
    uv_faces: np.ndarray,
    head: Head,
    coefficient_names: tuple[str, ...],
) -> Topology:
    """The topology of a FLAME template [V, 3], metres, with faces [F, 3] and a texture layout.

    The vertices are FLAME's; behind the faces, which are FLAME's too, come those that close the hole in its mouth.
    Raises ValueError if it is no such mesh.
    """
    anatomy = find_anatomy(template, faces)
    template = template - _middle(template, anatomy)
    shell = Shell.of(template, faces, anatomy.hidden)
    own = head.topology
    open_shell = Shell.of(head.template.astype(float), own.faces, hidden(own))
    laid = lay_onto(head.template.astype(float), open_shell, template, shell)
    skin = np.unique(shell.faces)
    lips = shell.lip(template)[skin], open_shell.lip(laid)
    places = locate(template[skin], laid, open_shell.faces, lips=lips)

    def carried(values: np.ndarray) -> np.ndarray:
        """Values [U, ...] of the open head's vertices at FLAME's [V, ...], 0 off its skin."""
        spread = np.zeros((len(template), *values.shape[1:]))
        corners = values[open_shell.faces[places.triangles]]
        spread[skin] = np.einsum("nc,nc...->n...", places.weights, corners)
        return spread

    curtain, uv_curtain = _curtain(anatomy.hole, faces, uv_faces)
    marks = _landmarks(own, laid, template, shell)
    return Topology(
        faces=np.concatenate([faces, curtain]).astype(np.int32),
        uvs=uvs.astype(np.float32),
        uv_faces=np.concatenate([uv_faces, uv_curtain]).astype(np.int32),
        region_names=(*own.region_names, "lid_backs"),
        regions=_regions(own, anatomy, faces, carried(own.regions.T.astype(float))).astype(np.float32),
        landmark_faces=shell.rows[marks.triangles].astype(np.int32),
        landmark_barycentric=marks.weights.astype(np.float32),
        action_names=own.action_names,
        actions=_actions(own, head, template, anatomy, faces, carried).astype(np.float32),
        coefficient_names=coefficient_names,
    )


def hidden(topology: Topology) -> np.ndarray:
    """Vertices bool [V] that no shell has: eyeballs, sockets, backs of the lids, mouth and tongue."""
    inner = np.max([topology.region(name) for name in ("eyes", "mouth_inside", "tongue")], axis=0) > 0
    return inner | topology.behind_lids()


def _middle(template: np.ndarray, anatomy: Anatomy) -> np.ndarray:
    balls = (template[ball] for ball in (anatomy.left_eye, anatomy.right_eye))
    return np.mean([(ball.min(0) + ball.max(0)) / 2 for ball in balls], axis=0)


def _regions(own: Topology, anatomy: Anatomy, faces: np.ndarray, carried: np.ndarray) -> np.ndarray:
    """Memberships [R + 1, V]: what the skin was given [V, R], and what is hidden."""
    named = dict(zip(own.region_names, carried.T, strict=True))
    for name in ("lids", "upper_lids", "lower_lids", "face"):
        named[name] = _filled(named[name][:, None], anatomy.lid_backs, faces)[:, 0]
    inner = {
        "left_eye": anatomy.left_eye,
        "right_eye": anatomy.right_eye,
        "eyes": anatomy.eyes,
        "mouth_inside": anatomy.mouth_inside,
        "sockets": anatomy.sockets,
        "tongue": np.zeros_like(anatomy.sockets),
    }
    return np.clip(np.stack([*(named | inner).values(), anatomy.lid_backs]), 0, 1)


def _actions(own: Topology, head: Head, template: np.ndarray, anatomy: Anatomy, faces: np.ndarray, carried):
    """Displacements [A, V, 3] of the open head's actions, in proportion to the distance between the eyes.

    Sockets and eyeballs stay; the backs of lids and lips go with what they are the back of.
    """
    balls = [template[ball].mean(0)[0] for ball in (anatomy.left_eye, anatomy.right_eye)]
    apart = eye_centres(own, head.template)[:, 0]
    scale = (balls[0] - balls[1]) / (apart[0] - apart[1])
    moved = carried(np.moveaxis(own.actions, 0, 1).astype(float))  # [V, A, 3]
    filled = _filled(moved.reshape(len(template), -1), anatomy.lid_backs | anatomy.mouth_inside, faces)
    return scale * np.moveaxis(filled.reshape(moved.shape), 1, 0)


def _filled(values: np.ndarray, where: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Values [V, C] with those of some vertices, bool [V], the mean of their neighbours': as a soap film hangs."""
    graph = adjacency(faces, len(where))
    laplacian = csr_matrix(diags(np.asarray(graph.sum(1)).ravel()) - graph)
    inner, outer = np.flatnonzero(where), np.flatnonzero(~where)
    filled = values.copy()
    filled[inner] = splu(laplacian[inner][:, inner].tocsc()).solve(-laplacian[inner][:, outer] @ values[outer])
    return filled


def _curtain(hole: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [R - 2, 3] that close a hole, int [R] in the order of the triangles about it, and their uvs."""
    loop = hole[::-1]
    low, high, triangles = 0, len(loop) - 1, []
    while high - low > 1:
        triangles.append((low, low + 1, high))
        low += 1
        if high - low > 1:
            triangles.append((low, high - 1, high))
            high -= 1
    uv = np.zeros(faces.max() + 1, int)
    uv[faces.ravel()] = uv_faces.ravel()
    closing = loop[np.array(triangles)]
    return closing, uv[closing]


def _landmarks(own: Topology, laid: np.ndarray, template: np.ndarray, shell: Shell) -> Places:
    """The 68 landmarks on the triangles of FLAME's shell."""
    points = own.landmarks(laid)
    left, right = shell.eyes
    points[36:42], points[42:48] = _around(right, template, _EYE), _around(left, template, _EYE)
    points[60:68] = _around(shell.lips, template, _LIPS)
    return locate(points, template, shell.faces)


def _around(slit: Slit, vertices: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Landmarks of an opening in iBUG's order: right corner, upper edge, left corner, lower edge back."""
    along = np.array([0, *shares, 1])
    return np.concatenate([slit.at(vertices, along, True), slit.at(vertices, along[-2:0:-1], False)])
