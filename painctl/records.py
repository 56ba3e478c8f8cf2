"""What all rooms exchange: frozen dataclasses of arrays with stated shapes, two errors, and how progress is reported.

Nothing here imports more than the standard library, so that the command line starts quickly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


DONE, FAILED, USAGE, SOME_FAILED, NO_READER = 0, 1, 2, 3, 141  # exit codes


class UsageError(Exception):
    """The command line asks for something impossible; the process exits with code 2."""


class Reported(Exception):
    """The errors were reported one by one already; what is left is the exit code."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code


class Reporter(Protocol):
    """Receives the messages and progress of a stage. The command line shows them on stderr, as lines and a bar."""

    def say(self, text: str) -> None:
        """Print a line for the user."""

    def detail(self, text: str) -> None:
        """Print a line for those who want to know all that is done; dropped otherwise."""

    def log(self, text: str) -> None:
        """Log a step of a long run, such as an epoch; dropped if a bar shows it."""

    def error(self, error: Exception, where: str = "") -> None:
        """Report an error that does not end the run, in one line prefixed with `where`, if given."""

    def fail_in_part(self) -> None:
        """Note that part of the input could not be used: the run then ends with the exit code `SOME_FAILED`."""

    def expect(self, count: int) -> None:
        """Add `count` items to those the progress bar expects."""

    def tick(self) -> None:
        """Count one item as finished. Raises as `raise_if_stopped`."""

    def begin(self, phase: str) -> None:
        """Begin a new phase of the run, whose items are counted from zero."""

    def raise_if_stopped(self) -> None:
        """Raises if a signal asked the run to stop and its exception was lost in compiled code.

        Call it before reporting an error, which may be a consequence of that signal.
        """


SPLITS = ("train", "val", "test")
LEAST_TEXELS = 16  # of a side of a texture
LID_THICKNESS = 3  # rings of vertices between the socket and the lid margin of the open head


@dataclass(frozen=True, eq=False)
class Topology:
    """The connectivity of a head, the same for every person of a head model.

    Coordinates are metres, x to the subject's left, y up, z out of the face, origin midway between the person's
    eyeballs. V vertices, F triangles, T texture coordinates, R regions, A facial actions, K coefficients.
    """

    faces: np.ndarray  # int32 [F, 3], counter-clockwise seen from outside
    uvs: np.ndarray  # float32 [T, 2], 0..1, v upwards
    uv_faces: np.ndarray  # int32 [F, 3], rows of uvs, in the order of faces
    region_names: tuple[str, ...]  # R
    regions: np.ndarray  # float32 [R, V], 0..1
    landmark_faces: np.ndarray  # int32 [68], iBUG order
    landmark_barycentric: np.ndarray  # float32 [68, 3]
    action_names: tuple[str, ...]  # A, ARKit names
    actions: np.ndarray  # float32 [A, V, 3], metres at full activation
    coefficient_names: tuple[str, ...]  # K

    def region(self, name: str) -> np.ndarray:
        """Membership of each vertex in a region, float32 [V] in 0..1. KeyError for an unknown name."""
        if name not in self.region_names:
            raise KeyError(f"no region {name!r}; the head has {', '.join(self.region_names)}")
        return self.regions[self.region_names.index(name)]

    def landmarks(self, vertices: np.ndarray) -> np.ndarray:
        """The 68 landmarks on a head of vertices [V, 3]: [68, 3], in the float type of the vertices."""
        import numpy as np

        return np.einsum("lk,lkx->lx", self.landmark_barycentric, vertices[self.faces[self.landmark_faces]])

    def grown(self, chosen: np.ndarray, rings: int) -> np.ndarray:
        """The vertices in the mask `chosen`, bool [V], and those at most `rings` edges away from them: bool [V]."""
        for _ in range(rings):
            wider = chosen.copy()
            wider[self.faces[chosen[self.faces].any(1)]] = True
            chosen = wider
        return chosen

    def behind_lids(self) -> np.ndarray:
        """The eye sockets and the backs of the lids, which run from the lid margins into the sockets: bool [V].

        On a head without the region `lid_backs`, the backs are taken to be `LID_THICKNESS` rings of vertices wide.
        """
        sockets = self.region("sockets") > 0
        if "lid_backs" in self.region_names:
            return sockets | (self.region("lid_backs") > 0)
        return self.grown(sockets, LID_THICKNESS)

    def lid_margins(self) -> np.ndarray:
        """The visible edges of the lids, where their fronts meet their backs: bool [V]."""
        behind = self.behind_lids()
        return self.grown(behind, 1) & ~behind


@dataclass(frozen=True)
class Identity:
    """One person: who they are, and the parameters that shape and colour them."""

    name: str
    seed: int
    identity: int
    age_group: str  # young, elderly
    age: float  # years
    gender: str  # man, woman
    ethnicity: str
    prompt: str
    coefficients: np.ndarray  # float32 [K]
    melanin: float  # volume fraction of melanosomes in the epidermis
    haemoglobin: float  # volume fraction of blood in the dermis
    iris: np.ndarray  # float32 [3], linear RGB albedo
    hair: np.ndarray  # float32 [3], linear RGB albedo
    haircut: str
    hair_length: float  # metres
    hair_curl: float  # 0 straight to 1 coiled
    garment: str
    cloth: np.ndarray  # float32 [3], linear RGB albedo


@dataclass(frozen=True, eq=False)
class Camera:
    """A pinhole camera in OpenCV's convention: x right, y down, z forward; pixel centres at half integers."""

    intrinsics: np.ndarray  # float64 [3, 3], pixels
    extrinsics: np.ndarray  # float64 [4, 4], head to camera, metres
    size: int  # pixels, square picture

    def project(self, points: np.ndarray) -> np.ndarray:
        """Project points [N, 3] of the head, metres, to pixels [N, 2]."""
        camera_points = points @ self.extrinsics[:3, :3].T + self.extrinsics[:3, 3]
        homogeneous = camera_points @ self.intrinsics.T
        return homogeneous[:, :2] / homogeneous[:, 2:]


@dataclass(frozen=True, eq=False)
class OwnColours:
    """The colours that came with a person's head mesh, T x T texels in the head's texture coordinates."""

    albedo: np.ndarray  # uint8 [T, T, 3], sRGB
    covered: np.ndarray  # uint8 [T, T], 255 where the mesh has a colour, 0 where it has none


@dataclass(frozen=True, eq=False)
class Textures:
    """Maps of T x T texels in the head's texture coordinates; the top row is v = 1."""

    albedo: np.ndarray  # uint8 [T, T, 3], sRGB diffuse reflectance
    normal: np.ndarray  # uint8 [T, T, 3], 255 (n + 1) / 2 in tangent space, x along u, y along v
    roughness: np.ndarray  # uint8 [T, T], GGX roughness, 255 is 1

    def __post_init__(self) -> None:
        """Raises ValueError for maps of other shapes."""
        size = len(self.albedo)
        for name, shape in (("albedo", (size, size, 3)), ("normal", (size, size, 3)), ("roughness", (size, size))):
            if size < LEAST_TEXELS or getattr(self, name).shape != shape:
                shown = " x ".join(map(str, getattr(self, name).shape))
                raise ValueError(f"textures: {name} is {shown}, expected square maps of equal size, roughness grey")


@dataclass(frozen=True, eq=False)
class Mesh:
    """N vertices and M triangles, matt, counter-clockwise seen from outside."""

    vertices: np.ndarray  # float32 [N, 3], metres
    faces: np.ndarray  # int32 [M, 3]
    colour: np.ndarray  # float32 [N, 3], linear RGB albedo

    @classmethod
    def joined(cls, meshes: list[Mesh]) -> Mesh:
        """The meshes concatenated into one, in order."""
        import numpy as np

        starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])[:-1]
        faces = [mesh.faces + np.int32(start) for mesh, start in zip(meshes, starts, strict=True)]
        vertices, colour = ([getattr(mesh, name) for mesh in meshes] for name in ("vertices", "colour"))
        return cls(np.concatenate(vertices), np.concatenate(faces), np.concatenate(colour))


@dataclass(frozen=True, eq=False)
class Strands:
    """S strands of hair of P points each, root first."""

    points: np.ndarray  # float32 [S, P, 3], metres
    outward: np.ndarray  # float32 [S, P, 3], unit, away from the head
    width: np.ndarray  # float32 [S, P], metres
    colour: np.ndarray  # float32 [S, P, 3], linear RGB albedo
    buried: np.ndarray  # float32 [S, P], depth in the hair: 0 at its surface to 1 at the scalp


def percent(probability: float) -> str:
    """A probability as text, never rounded to certainty."""
    rounded = round(100 * probability)
    return ">99 %" if rounded > 99 else "<1 %" if rounded < 1 else f"{rounded} %"
