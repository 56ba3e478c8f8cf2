"""FLAME's topology for later stages: FLAME's mesh with the open head's regions, landmarks and facial actions.

FLAME has no action units, and its masks and landmarks may not be redistributed. The open head has all of them, so it is
registered to FLAME's template, and each vertex of FLAME's skin takes the values of the open head at that point. The
parts behind lids and lips come from FLAME's own mesh (anatomy.py), as do the landmarks of the lids and inner lips.
"""

from __future__ import annotations

import numpy as np

from painctl.face.flame.anatomy import Anatomy, find_anatomy
from painctl.face.head import Head, eye_centres
from painctl.face.nonrigid import SurfacePoints, locate, register_onto
from painctl.face.shell import Shell, Slit, hidden_vertices
from painctl.mesh.harmonic import filled
from painctl.records import Topology

# Positions of landmarks along a lid and along the inner edge of a lip, as shares of its length.
_EYE, _LIPS = (1 / 3, 2 / 3), (0.3, 0.5, 0.7)


def build_topology(
    template: np.ndarray,
    faces: np.ndarray,
    uvs: np.ndarray,
    uv_faces: np.ndarray,
    head: Head,
    coefficient_names: tuple[str, ...],
) -> Topology:
    """The topology of a FLAME template [V, 3], metres, with faces [F, 3], uvs [T, 2] and uv_faces [F, 3].

    The vertices are FLAME's. Its triangles are followed by those that close the hole in its mouth. Raises ValueError if
    the mesh is not like FLAME's.
    """
    anatomy = find_anatomy(template, faces)
    template = template - _middle(template, anatomy)
    shell = Shell.of(template, faces, anatomy.hidden)
    open_head, open_vertices = head.topology, head.template.astype(float)
    open_shell = Shell.of(open_vertices, open_head.faces, hidden_vertices(open_head))
    registered = register_onto(open_vertices, open_shell, template, shell)
    skin = np.unique(shell.faces)
    lips = shell.lip(template)[skin], open_shell.lip(registered)
    places = locate(template[skin], registered, open_shell.faces, lips=lips)

    def transferred(values: np.ndarray) -> np.ndarray:
        """Values [U, ...] at the open head's vertices as values [V, ...] at FLAME's, 0 off its skin."""
        spread = np.zeros((len(template), *values.shape[1:]))
        corners = values[open_shell.faces[places.triangles]]
        spread[skin] = np.einsum("nc,nc...->n...", places.barycentric, corners)
        return spread

    regions = transferred(open_head.regions.T.astype(float))
    actions = transferred(np.moveaxis(open_head.actions, 0, 1).astype(float))
    landmarks = _landmarks(open_head.landmarks(registered), template, shell)
    cap, uv_cap = _close_hole(anatomy.hole, faces, uv_faces)
    return Topology(
        faces=np.concatenate([faces, cap]).astype(np.int32),
        uvs=uvs.astype(np.float32),
        uv_faces=np.concatenate([uv_faces, uv_cap]).astype(np.int32),
        region_names=(*open_head.region_names, "lid_backs"),
        regions=_regions(open_head.region_names, regions, anatomy, faces).astype(np.float32),
        landmark_faces=shell.rows[landmarks.triangles].astype(np.int32),
        landmark_barycentric=landmarks.barycentric.astype(np.float32),
        action_names=open_head.action_names,
        actions=(_eye_scale(template, anatomy, head) * _actions(actions, anatomy, faces)).astype(np.float32),
        coefficient_names=coefficient_names,
    )


def _middle(template: np.ndarray, anatomy: Anatomy) -> np.ndarray:
    """The point midway between the centres of the eyeballs, [3]."""
    balls = (template[ball] for ball in (anatomy.left_eye, anatomy.right_eye))
    return np.mean([(ball.min(0) + ball.max(0)) / 2 for ball in balls], axis=0)


def _regions(names: tuple[str, ...], transferred: np.ndarray, anatomy: Anatomy, faces: np.ndarray) -> np.ndarray:
    """Memberships [R + 1, V]: those transferred to the skin [V, R], completed by the hidden parts."""
    named = dict(zip(names, transferred.T, strict=True))
    for name in ("lids", "upper_lids", "lower_lids", "face"):
        named[name] = filled(named[name][:, None], anatomy.lid_backs, faces)[:, 0]
    inner = {
        "left_eye": anatomy.left_eye,
        "right_eye": anatomy.right_eye,
        "eyes": anatomy.eyes,
        "mouth_inside": anatomy.mouth_inside,
        "sockets": anatomy.sockets,
        "tongue": np.zeros_like(anatomy.sockets),
    }
    return np.clip(np.stack([*(named | inner).values(), anatomy.lid_backs]), 0, 1)


def _actions(transferred: np.ndarray, anatomy: Anatomy, faces: np.ndarray) -> np.ndarray:
    """Displacements [A, V, 3] from those transferred to the skin [V, A, 3].

    Sockets and eyeballs do not move; the backs of lids and lips follow the skin in front of them.
    """
    behind = anatomy.lid_backs | anatomy.mouth_inside
    spread = filled(transferred.reshape(len(transferred), -1), behind, faces)
    return np.moveaxis(spread.reshape(transferred.shape), 1, 0)


def _eye_scale(template: np.ndarray, anatomy: Anatomy, head: Head) -> float:
    """The distance between the eyes over that of the open head."""
    left, right = (template[ball].mean(0)[0] for ball in (anatomy.left_eye, anatomy.right_eye))
    open_left, open_right = eye_centres(head.topology, head.template)[:, 0]
    return (left - right) / (open_left - open_right)


def _close_hole(hole: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles [R - 2, 3] that close a hole, a boundary loop int [R], and their uv triangles."""
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


def _landmarks(points: np.ndarray, template: np.ndarray, shell: Shell) -> SurfacePoints:
    """The landmarks on the triangles of FLAME's shell, from the registered open head's [68, 3]."""
    points = points.copy()
    left, right = shell.eyes
    points[36:42], points[42:48] = _around(right, template, _EYE), _around(left, template, _EYE)
    points[60:68] = _around(shell.lips, template, _LIPS)
    return locate(points, template, shell.faces)


def _around(slit: Slit, vertices: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    """Landmarks [N, 3] of an opening in iBUG's order: right corner, upper edge, left corner, lower edge back."""
    along = np.array([0, *shares, 1])
    return np.concatenate([slit.at(vertices, along, True), slit.at(vertices, along[-2:0:-1], False)])
