"""render-views: pictures of every face from several angles, with mask, heatmap and landmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from painctl.appearance.occluders.choice import clash, draw_standing, draw_worn
from painctl.appearance.occluders.kinds import put_on, set_up
from painctl.appearance.occluders.part import Occluder
from painctl.appearance.occluders.wearer import Wearer
from painctl.appearance.other_folds import fold_shares
from painctl.appearance.wrinkles import Creases, Wrinkles
from painctl.engines import registry
from painctl.engines.interfaces import InpaintEngine, InpaintRequest
from painctl.images.encode import decode, encode_jpeg, encode_png
from painctl.pain.action_units import ACTION_UNITS
from painctl.pain.heatmap import colourise
from painctl.records import Identity, Textures, UsageError
from painctl.render.backdrops import Backdrops
from painctl.render.camera import portrait_camera
from painctl.render.frame import render_frame
from painctl.render.head_view import HeadView
from painctl.render.light import PLACES
from painctl.render.outfit import outfit
from painctl.render.photography import parse_effects
from painctl.render.scene import draw_scene
from painctl.render.subject import Subject
from painctl.render.views import draw_angles, draw_roll
from painctl.shard.reader import Shard
from painctl.shard.tables import camera_columns, read_identity
from painctl.stages import NATURAL
from painctl.stages.step import Rows, Step

_ENCODERS = {"jpeg": encode_jpeg, "png": encode_png}


def reject_clash(names: Sequence[str]) -> None:
    """Raise UsageError if two of the named occluders cannot be worn together."""
    if conflict := clash(list(names)):
        one, other, place = conflict
        raise UsageError(f"--occluders: {one} and {other} are both worn on the {place}; leave one out")


@dataclass(frozen=True)
class ViewOptions:
    """What frames look like; angles in degrees, one entry of `yaws`, `pitches` and `rolls` per view."""

    yaws: Sequence[float]
    pitches: Sequence[float]
    jitter: float  # standard deviation of each angle
    size: int  # pixels
    picture: str  # jpeg or png
    camera: str  # photographic effects, see photography.parse_effects
    renderer: str
    device: str  # of the renderer
    backgrounds: Path | None  # folder of the user's pictures
    inpaint: str | None  # engine that paints background and hair
    inpaint_options: Mapping[str, Any]
    rolls: Sequence[float] | None = None  # None for heads that never roll
    occluders: Sequence[str] | str = ()  # names, or NATURAL


@dataclass(frozen=True, eq=False)
class _Person:
    """What all frames of a person share."""

    identity: Identity
    row: int  # of identities
    neutral: np.ndarray  # float32 [V, 3], metres
    subject: Subject
    wrinkles: Wrinkles


@dataclass(frozen=True, eq=False)
class _Face:
    """An expression of a person."""

    row: int  # of expressions
    number: int  # 0 is the neutral
    vertices: np.ndarray  # float32 [V, 3], metres
    heat: np.ndarray  # float32 [V], 0..1
    creases: Creases | None
    wearer: Wearer
    worn: Sequence[Occluder]


class RenderViews(Step):
    """One frame per expression and view."""

    stage, makes = "render-views", ("frames",)
    needs = ("topology", "meshes", "textures", "expressions")

    def __init__(self, options: ViewOptions) -> None:
        """Raises what the engines' `build` and Backdrops raise."""
        self._views = options
        self._effects = _effects(options.camera)
        renderer = registry.find("renderer", options.renderer)
        self._rasteriser = renderer.build(device=options.device)
        self.single = renderer.single_option
        self._backdrops = Backdrops(options.backgrounds) if options.backgrounds else None
        self._inpaint: InpaintEngine | None = None
        if options.inpaint:
            inpaint = registry.find("inpaint", options.inpaint)
            self._inpaint = inpaint.build(**options.inpaint_options)
            self.single = inpaint.single_option
        self.options = {
            "yaw": list(options.yaws),
            "pitch": list(options.pitches),
            **({"roll": list(options.rolls)} if options.rolls else {}),
            "jitter": options.jitter,
            "size": options.size,
            "format": options.picture,
            **({"camera": options.camera} if self._effects else {}),
            "renderer": options.renderer,
            "backgrounds": list(self._backdrops.names) if self._backdrops else None,
            "occluders": options.occluders if options.occluders == NATURAL else list(options.occluders),
            **(self._inpaint.record if self._inpaint else {}),
        }

    def open(self, shard: Shard) -> None:
        super().open(shard)
        cv2.setNumThreads(1)  # run one process per core instead
        self._owner = shard.read("expressions", "identity_row")
        self._others = any(column.name == "activations" for column in shard.columns("expressions"))

    def rows(self, row: int) -> Iterator[Rows]:
        person = self._person(row)
        frames = (self._frame(person, face, view) for face in self._faces(person) for view in range(self._view_count))
        for columns in self._inpainted(person, frames) if self._inpaint else (columns for columns, _ in frames):
            image, mask = _ENCODERS[self._views.picture](columns["image"]), encode_png(columns["mask"])
            yield "frames", {name: [value] for name, value in {**columns, "image": image, "mask": mask}.items()}

    @property
    def _view_count(self) -> int:
        return len(self._views.yaws)

    def _person(self, row: int) -> _Person:
        identity, neutral = read_identity(self.shard, row), self.shard.read("meshes", "vertices", row)
        overlay = outfit(identity, self.topology, neutral, hair=self._inpaint is None)
        maps = (decode(self.shard.read("textures", name, row)) for name in ("albedo", "normal", "roughness"))
        subject = Subject(self.topology, Textures(*maps), neutral, overlay)
        wrinkles = Wrinkles.of(identity, self.topology, neutral, self._others)
        return _Person(identity, row, neutral, subject, wrinkles)

    def _faces(self, person: _Person) -> Iterator[_Face]:
        for row in np.flatnonzero(self._owner == person.row).tolist():
            expression = self.shard.row("expressions", row)
            units = np.array([expression[name] for name in ACTION_UNITS])
            creases = self._creases(person.wrinkles, units, expression)
            number = int(expression["expression"])
            wearer = Wearer(person.identity, self.topology, person.neutral, expression["vertices"], person.subject.skin)
            names = self._views.occluders
            worn = put_on(wearer, draw_worn(person.identity, number) if names == NATURAL else names)
            yield _Face(row, number, expression["vertices"], expression["heatmap"], creases, wearer, worn)

    def _creases(self, wrinkles: Wrinkles, units: np.ndarray, expression: Mapping[str, Any]) -> Creases | None:
        """The creases of a row of expressions with action units [6], or None for a face at rest."""
        others = None
        if self._others:
            others = fold_shares(expression["activations"], self.topology.action_names)
        folded = units.any() or (others is not None and others.any())
        return wrinkles.creases(units, expression["asymmetry"], others) if folded else None

    def _frame(self, person: _Person, face: _Face, view: int) -> tuple[dict[str, Any], InpaintRequest | None]:
        """The columns of a frame, its `image` and `mask` not encoded, and the request to paint around it, or None."""
        purpose = f"view/{face.number}/{view}"
        draw_key = person.identity.seed, person.identity.identity, purpose
        yaw, pitch = draw_angles(*draw_key, self._views.yaws[view], self._views.pitches[view], self._views.jitter)
        rolls = self._views.rolls
        roll = draw_roll(*draw_key, rolls[view], self._views.jitter) if rolls else 0.0
        camera = portrait_camera(person.neutral, self._views.size, yaw, pitch, roll)
        scene = draw_scene(*draw_key, self._backdrops, self._effects)
        around: Sequence[str] = self._views.occluders
        if around == NATURAL:
            hospital = PLACES[int(scene.light[0])] == "hospital"
            around = draw_standing(person.identity, purpose, hospital)
        occluders = [*face.worn, *set_up(face.wearer, camera, around)]
        frame = render_frame(
            person.subject,
            face.vertices,
            face.heat,
            camera,
            scene=scene,
            rasteriser=self._rasteriser,
            creases=face.creases,
            occluders=occluders,
        )
        columns = {
            "identity_row": person.row,
            "expression_row": face.row,
            "view": view,
            "yaw": yaw,
            "pitch": pitch,
            "roll": roll,
            "image": frame.image,
            "mask": frame.mask,
            "heatmap": encode_png(colourise(frame.heat)),
            "landmarks": frame.landmarks,
            "landmarks_visible": frame.landmarks_visible,
            "light": scene.light,
            "background": scene.background,
            "lens": scene.lens,
            **({} if scene.photography is None else {"camera": scene.photography}),
            "occluders": "+".join(occluder.name for occluder in occluders),
            **{name: values[0] for name, values in camera_columns([camera]).items()},
        }
        if not self._inpaint:
            return columns, None
        head = HeadView.of(self.topology, face.vertices, camera, self._rasteriser, ("scalp",))
        return columns, InpaintRequest(purpose, frame.image, frame.mask, head)

    def _inpainted(
        self, person: _Person, frames: Iterator[tuple[dict[str, Any], InpaintRequest | None]]
    ) -> Iterator[dict[str, Any]]:
        """The columns of frames whose surroundings an engine paints, in order."""
        assert self._inpaint is not None
        pending: list[dict[str, Any]] = []  # columns of the frames that the engine has read ahead

        def requests() -> Iterator[InpaintRequest]:
            for columns, request in frames:
                assert request is not None
                pending.append(columns)
                yield request

        for painted in self._inpaint.paint(person.identity, requests()):
            repainted = encode_png(np.where(painted.repainted, np.uint8(255), np.uint8(0)))
            surroundings = {"prompt": painted.prompt, "repainted": repainted}
            yield {**pending.pop(0), "image": painted.image, "mask": painted.mask, **surroundings}


def _effects(choice: str) -> tuple[str, ...]:
    try:
        return parse_effects(choice)
    except ValueError as error:
        raise UsageError(f"--camera {choice}: {error}") from None
