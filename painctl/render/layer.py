"""A layer of the overlay: triangles drawn finer than the picture, and composited behind and in front of the head."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from painctl.records import Camera, Mesh
from painctl.render.rasterise import GBuffer
from painctl.render.rasterise_opencv import ColourRaster

NEARER = 0.0025  # metres behind the head's surface within which hair still counts as in front: the slope of a pixel
FINER = 1.4  # pixels of the overlay per pixel of the picture, along a side


@dataclass(frozen=True, eq=False)
class Layer:
    """Part of the overlay, over a square of the picture, at its own resolution of h x h pixels."""

    colour: np.ndarray  # float32 [h, h, 3], radiance, 0 where it is empty
    depth: np.ndarray  # float32 [h, h], metres, infinite where it is empty
    left: int  # the square, in pixels of the picture
    top: int
    side: int
    in_front: bool = False  # whether all of it is in front of the head, whatever their depths
    worn: np.ndarray | None = None  # bool [h, h], where it counts as worn in the mask; None: everywhere

    def draw_behind(self, picture: np.ndarray) -> None:
        """Composite all of the layer over a background [H, W, 3], before the head is drawn."""
        if self.in_front:
            return  # between the lips, where the head covers all of the background
        self.composite(picture, self.colour, np.isfinite(self.depth))

    def draw_in_front(self, picture: np.ndarray, gbuffer: GBuffer) -> np.ndarray:
        """Composite the part of the layer that is nearer than the head over a picture [H, W, 3] of the head.

        Returns the pixels of `square` of which what is worn covers at least half, bool [side, side].
        """
        nearer = self.nearer(gbuffer)
        share = self.composite(picture, kept(self.colour, nearer), nearer)
        if self.worn is not None:
            share = self.shrunk((nearer & self.worn).astype(np.float32))
        return share >= 0.5

    def covers(self, gbuffer: GBuffer) -> np.ndarray:
        """The pixels of `square` of which the part nearer than the head covers at least half, bool [side, side]."""
        return self.shrunk(self.nearer(gbuffer).astype(np.float32)) >= 0.5

    @property
    def square(self) -> tuple[slice, slice]:
        """The rows and columns of the picture that the layer covers."""
        return slice(self.top, self.top + self.side), slice(self.left, self.left + self.side)

    def nearer(self, gbuffer: GBuffer) -> np.ndarray:
        """bool [h, h], where the layer is not empty and not hidden by the head."""
        if self.in_front:
            return np.isfinite(self.depth)
        mask, depth = gbuffer.mask[self.square], gbuffer.depth[self.square]
        surface = np.where(mask, depth + np.float32(NEARER), np.float32(np.inf))
        return self.depth < cv2.resize(surface, self.depth.shape, interpolation=cv2.INTER_NEAREST)

    def composite(self, picture: np.ndarray, colour: np.ndarray, covered: np.ndarray) -> np.ndarray:
        """Colours [h, h, 3], 0 where not covered [h, h], over a picture [H, W, 3]; returns the coverage of pixels.

        Coverage is bool, or a float in 0..1 for what transmits light.
        """
        part, share = picture[self.square], self.shrunk(covered.astype(np.float32))
        part *= cv2.merge([1 - share] * 3)
        part += self.shrunk(colour)
        return share

    def shrunk(self, layer: np.ndarray) -> np.ndarray:
        """Values [h, h, ...] averaged over the pixels of `square`: [side, side, ...]."""
        return cv2.resize(layer, (self.side, self.side), interpolation=cv2.INTER_AREA)


def kept(colour: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Colours float32 [h, h, 3] where bool [h, h] is true, else 0."""
    return cv2.copyTo(colour, where.view(np.uint8))


def layer_of(mesh: Mesh, camera: Camera, finer: float, square: tuple[int, int, int]) -> Layer:
    """A coloured mesh, drawn over a square (left, top, side) of the picture with `finer` pixels per pixel of it."""
    raster = raster_of(mesh, camera, finer, square)
    raster.draw(mesh.faces)
    return Layer(raster.colour, raster.depth, *square)


def raster_of(mesh: Mesh, camera: Camera, finer: float, square: tuple[int, int, int]) -> ColourRaster:
    """The raster of the layer of a mesh, on which nothing is drawn yet."""
    colours = np.ascontiguousarray(mesh.colour, np.float32)
    return ColourRaster(mesh.vertices, colours, part_of(camera, finer, square))


def part_of(camera: Camera, finer: float, square: tuple[int, int, int]) -> Camera:
    """The camera of a square (left, top, side) of the picture, with `finer` pixels per pixel of it."""
    left, top, side = square
    size = round(finer * side)
    moved = size / side * np.array([[1, 0, -left], [0, 1, -top], [0, 0, side / size]])
    return Camera(moved @ camera.intrinsics, camera.extrinsics, size)


def square_around(points: np.ndarray, camera: Camera) -> tuple[int, int, int] | None:
    """Left, top and side of the smallest square of pixels around points [..., 3]; None if it leaves the picture."""
    pixels = camera.project(points.reshape(-1, 3))
    low, high = np.floor(pixels.min(axis=0)).astype(int), np.ceil(pixels.max(axis=0)).astype(int)
    side = int((high - low).max())
    if (low < 0).any() or (low + side > camera.size).any():
        return None
    return int(low[0]), int(low[1]), side
