"""The folds that action units press into skin, and its flush: what a viewer reads as pain; and those that age leaves.

Each unit has its own furrows, placed by the landmarks of the neutral head: AU4 the vertical lines between the brows,
AU6 crow's feet and the fold under the eye, AU7 creases of the lower lid, AU9 lines across the root of the nose and down
its sides, AU10 the nasolabial fold (Ekman, Friesen and Hager, "Facial Action Coding System", 2002, appearance changes).
A furrow is a valley with a bulge to either side, a few tenths of a millimetre to a millimetre deep at intensity 5,
deeper with age, and the same lines stay on the faces of the old, with those of the forehead. Depth grows in proportion
to intensity, and nothing here moves a vertex. Lengths are metres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from painctl.appearance.canvas import Canvas
from painctl.appearance.noise import step

SIZE = 512  # texels
_UNITS = 5  # AU4, AU6, AU7, AU9 and AU10; AU43 closes the eyes and folds nothing
_BULGE, _SPREAD = 0.42, 2.6  # of the skin pushed aside: share of the depth, and of the width
_WARP = 0.0009  # how far lines stray from their curve
_DARK = 0.42  # albedo that the deepest valley loses to its own shade
_DEEPEST = 1.0e-3  # a valley of this depth is the deepest
_LEFT_BY_AGE = (0.45, 0.9, 0.9, 0.25, 0.85)  # of the depth of each unit's furrows, on the oldest neutral faces
_FLUSHED = (  # how much each unit flushes which regions
    {"forehead": 0.5},
    {"cheeks": 0.8},
    {"cheeks": 0.4},
    {"nose": 1.0, "cheeks": 0.3},
    {"cheeks": 0.5, "chin": 0.4},
)

Curve = tuple[np.ndarray, float, float]  # points [N, 3], depth, width: standard deviation of the valley


@dataclass(frozen=True, eq=False)
class Wrinkles:
    """Layers float32 [5, T, T, 4] at intensity 5: slope along u and v, shade 0..1, flush 0..1."""

    layers: np.ndarray

    def blend(self, units: np.ndarray) -> np.ndarray:
        """The wrinkles of action units [6] in 0..5 (AU43 is not used), float32 [T, T, 4]; no units give zeros."""
        strength = np.asarray(units[:_UNITS], np.float32) / 5
        used = np.flatnonzero(strength)
        folds = np.tensordot(strength[used], self.layers[used], 1)
        np.clip(folds[..., 2:], 0, 1, out=folds[..., 2:])
        return folds


def wrinkles(canvas: Canvas) -> Wrinkles:
    """The wrinkles of a person; the canvas is `SIZE` x `SIZE` texels."""
    generator = canvas.draws("wrinkles")
    points = canvas.points[canvas.face]
    warp = np.stack([canvas.field(generator, 0.009)[canvas.face] for _ in range(3)], 1)
    face = canvas.regions["face"][canvas.face] * (1 - step(canvas.regions["lips"][canvas.face], 0.2, 0.8))
    depth_of_age = (0.75 + 0.55 * canvas.elderly) * generator.uniform(0.85, 1.15, _UNITS)
    marks = canvas.landmarks.astype(float)
    layers = []
    for unit, (curves, deeper) in enumerate(zip(_curves(marks, generator), depth_of_age, strict=True)):
        height = sum(_furrow(points + _WARP * warp, *curve) for curve in curves) * deeper * face
        picture = canvas.texels.picture(canvas.on(canvas.face, height.astype(np.float32)))
        shade = shaded(picture)
        flush = canvas.texels.picture(_flushed(canvas, unit))
        layers.append(np.concatenate([canvas.slopes(picture), shade[..., None], flush[..., None]], 2))
    return Wrinkles(np.stack(layers).astype(np.float32))


def aged(canvas: Canvas) -> np.ndarray:
    """The folds of the neutral face, a height in metres at each texel [C]; none before they begin to show."""
    if canvas.elderly == 0:
        return np.zeros(len(canvas.points), np.float32)
    generator = canvas.draws("aged")
    points = canvas.points[canvas.face]
    warp = np.stack([canvas.field(generator, 0.010)[canvas.face] for _ in range(3)], 1)
    marks = canvas.landmarks.astype(float)
    region = {name: canvas.regions[name][canvas.face] for name in ("face", "lips")}
    height = np.zeros(len(points))
    for share, curves in zip(_LEFT_BY_AGE, _curves(marks, generator), strict=True):
        share *= generator.uniform(0.6, 1.3)
        height += sum(share * _furrow(points + 1.5 * _WARP * warp, *curve) for curve in curves)
    for curve in _forehead(marks, generator) + _mouth(marks, generator):
        height += _furrow(points + 1.2 * _WARP * warp, *curve)
    height *= 1.6 * canvas.elderly * region["face"] * (1 - step(region["lips"], 0.2, 0.8))
    return canvas.on(canvas.face, height.astype(np.float32))


def shaded(height: np.ndarray) -> np.ndarray:
    """The share of albedo that valleys of a height in metres lose to their own shade, of the height's shape."""
    return _DARK * np.clip(-height / _DEEPEST, 0, 1)


def _furrow(points: np.ndarray, curve: np.ndarray, depth: float, width: float) -> np.ndarray:
    """Height at points [N, 3]: a valley along a curve that tapers to its ends, between two bulges."""
    reach = 3.2 * _SPREAD * width
    near = np.flatnonzero(((points > curve.min(0) - reach) & (points < curve.max(0) + reach)).all(1))
    distance, index = cKDTree(curve).query(points[near], distance_upper_bound=reach)
    distance = np.where(np.isfinite(distance), distance, 9.0)
    along = np.minimum(index, len(curve) - 1) / (len(curve) - 1)
    taper = step(np.minimum(along, 1 - along), 0.0, 0.3)
    valley, bulge = np.exp(-((distance / width) ** 2)), np.exp(-((distance / (_SPREAD * width)) ** 2))
    height = np.zeros(len(points))
    height[near] = -depth * taper * (valley * (1 + _BULGE) - _BULGE * bulge)
    return height


def _curves(marks: np.ndarray, generator: np.random.Generator) -> list[list[Curve]]:
    """The furrows of each unit, from the landmarks [68, 3]."""
    both = [_side(marks, sign, generator) for sign in (1, -1)]
    units = [left + right for left, right in zip(*both, strict=True)]
    units[3] += _across_the_nose(marks, generator)
    return units


def _side(marks: np.ndarray, sign: int, generator: np.random.Generator) -> list[list[Curve]]:
    """The furrows on the subject's left (sign 1) or right."""
    brow, inner, outer, alar, corner = (marks[i] for i in ((22, 42, 45, 35, 54) if sign > 0 else (21, 39, 36, 31, 48)))
    root, lower = marks[27], marks[[47, 46] if sign > 0 else [40, 41]].mean(0)
    jitter = generator.uniform(0.8, 1.2, 12)

    def at(start: np.ndarray, x: float, y: float, z: float = 0.0) -> np.ndarray:
        return start + np.array((sign * x, y, z))

    glabella = np.array((0, brow[1], root[2] + 0.004))
    frown = _bezier(at(glabella, 0.0065, -0.008), at(glabella, 0.0075, 0.004), at(glabella, 0.0105, 0.018, -0.002))
    frown2 = _bezier(at(glabella, 0.0135, 0.000), at(glabella, 0.0150, 0.007), at(glabella, 0.0170, 0.014, -0.003))
    feet = []
    for turn, share in zip(np.radians((-38, -14, 12, 36)), jitter[:4], strict=True):
        ray = [at(outer, r * np.cos(turn), r * np.sin(turn), -0.9 * r) for r in (0.006, 0.016, 0.027)]
        feet.append((_bezier(*ray), 4.5e-4 * share, 1.1e-3))
    cheek = _bezier(at(inner, 0.002, -0.010, 0.002), at(lower, 0.0, -0.016, 0.006), at(outer, 0.010, -0.010, -0.010))
    lid = _bezier(at(inner, 0.002, -0.003), at(lower, 0.0, -0.0085, 0.002), at(outer, 0.004, -0.002, -0.003))
    lid2 = _bezier(at(inner, 0.003, -0.006), at(lower, 0.0, -0.0130, 0.003), at(outer, 0.006, -0.006, -0.005))
    bunny = []
    for y, depth in ((-0.006, 5e-4), (-0.013, 4.5e-4)):
        slant = [
            at(root, *place) for place in ((0.006, y, -0.002), (0.011, y - 0.005, -0.006), (0.017, y - 0.012, -0.012))
        ]
        bunny.append((_bezier(*slant), depth, 1.2e-3))
    wing = _bezier(at(alar, 0.002, 0.016, -0.006), at(alar, 0.008, 0.009, -0.006), at(alar, 0.009, -0.001, -0.007))
    fold = _bezier(at(alar, 0.005, 0.007, -0.008), at(alar, 0.019, -0.008, -0.008), at(corner, 0.010, -0.004, -0.004))
    return [
        [(frown, 1.1e-3 * jitter[4], 1.7e-3), (frown2, 5e-4 * jitter[5], 1.4e-3)],
        [*feet, (cheek, 6e-4 * jitter[6], 2.2e-3)],
        [(lid, 5e-4 * jitter[7], 1.1e-3), (lid2, 3.5e-4 * jitter[8], 1.2e-3)],
        [*bunny, (wing, 7e-4 * jitter[9], 1.8e-3)],
        [(fold, 1.25e-3 * jitter[10], 2.4e-3)],
    ]


def _across_the_nose(marks: np.ndarray, generator: np.random.Generator) -> list[Curve]:
    lines = []
    for height, depth in ((0.002, 5e-4), (-0.004, 6e-4), (-0.010, 4e-4)):
        places = ((0.0095, height + 0.0015, -0.004), (0, height - 0.002, 0.003), (-0.0095, height + 0.0015, -0.004))
        lines.append((_bezier(*(marks[27] + np.array(places))), depth * generator.uniform(0.8, 1.2), 1.2e-3))
    return lines


def _forehead(marks: np.ndarray, generator: np.random.Generator) -> list[Curve]:
    """Lines across the forehead of the old."""
    anchors = np.stack([marks[24], marks[[21, 22]].mean(0), marks[19]])
    lines = []
    for number in range(4):
        rise = 0.016 + 0.0085 * number + generator.uniform(-0.0015, 0.0015)
        sag = generator.uniform(-0.004, 0.004)
        places = anchors + np.array(((0, rise - 0.003, -0.006), (0, rise + sag, 0.008), (0, rise - 0.003, -0.006)))
        places[:, 0] *= 1.2
        lines.append((_bezier(*places), generator.uniform(3e-4, 7e-4), 1.3e-3))
    return lines


def _mouth(marks: np.ndarray, generator: np.random.Generator) -> list[Curve]:
    """Lines from the corners of the mouth down, and small ones above the lip."""
    lines = []
    for corner, side in ((marks[54], 1), (marks[48], -1)):
        places = np.array(((0.004, -0.002, -0.003), (0.009, -0.010, -0.003), (0.007, -0.022, -0.003)))
        lines.append((_bezier(*(corner + places * (side, 1, 1))), generator.uniform(3e-4, 6e-4), 1.8e-3))
    for mark in marks[[50, 52]]:
        rise = np.array(((0, 0.001, -0.002), (0, 0.004, -0.002), (0.1 * mark[0], 0.008, -0.002)))
        lines.append((_bezier(*(mark + rise)), generator.uniform(1e-4, 2.5e-4), 9e-4))
    return lines


def _bezier(start: np.ndarray, middle: np.ndarray, end: np.ndarray) -> np.ndarray:
    """A quadratic curve that passes near `middle`, [48, 3]."""
    t = np.linspace(0, 1, 48)[:, None]
    return (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end


def _flushed(canvas: Canvas, unit: int) -> np.ndarray:
    """Where blood rises with a unit: the middle of the face, 0..1 [C]."""
    region = canvas.regions
    places = (
        {"forehead": 0.5},
        {"cheeks": 1.0},
        {"cheeks": 0.4},
        {"nose": 1.0, "cheeks": 0.3},
        {"cheeks": 0.6, "chin": 0.4},
    )
    return np.sum([share * region[name] for name, share in places[unit].items()], axis=0).astype(np.float32)
