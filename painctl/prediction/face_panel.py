"""A face and its estimates as a panel of a picture: the face, the neutral face, attention, and bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from painctl.images.resize import center_crop, thumbnail
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.heatmap import colourise
from painctl.plots.canvas import SMALL, TEXT, Canvas
from painctl.plots.scales import HeatScale
from painctl.plots.text import shortened, text_width, wrapped
from painctl.prediction.answers import Answer
from painctl.records import percent
from painctl.vitpain.inference import Prediction

TILE: Final = 256  # pixels, the side of a face
STORED: Final = 2 * TILE  # of a face in memory
MARGIN: Final = 16
FLAT: Final = 1.5  # times an even share: attention of which no weight is larger has no place to show
_GAP: Final = 12
_HEAD: Final = 52  # pixels above the faces: the name, and the titles
_FOOT: Final = 20  # below them
_LINE: Final = 15  # of notes and warnings there
_BARS: Final = 376  # width of the part with the bars
_NAMES: Final = 152  # of that, the names
_TRACK: Final = 110  # and the bars
_ROW: Final = 32
_VISIBLE: Final = "#ff8f5a"  # landmarks, on faces of any colour
_HIDDEN: Final = "#9aa3ad"
_MEANINGS: Final = {  # FACS names
    "AU4": "brow lowerer",
    "AU6": "cheek raiser",
    "AU7": "lid tightener",
    "AU9": "nose wrinkler",
    "AU10": "upper lip raiser",
    "AU43": "eyes closed",
}


@dataclass(frozen=True, eq=False)
class Attention:
    """Where the queries of the six action units look."""

    weights: np.ndarray  # float32 [6, S, S], each summing to 1
    crop: float  # side of the square that they cover, over the side of the face
    down: float = 0.0  # of that square's centre below the face's, over the side of the face

    @property
    def full_heat(self) -> float:
        """The weight of full heat, over an even share: the largest of all, but at least 3."""
        return max(3.0, float(self.weights.max() * self.weights[0].size))

    @property
    def flat(self) -> np.ndarray:
        """Which units have no weight above `FLAT` times an even share: bool [6]."""
        return self.weights.max((1, 2)) * self.weights[0].size < FLAT


@dataclass(frozen=True, eq=False)
class FacePanel:
    """A face with its estimates, scaled down to `STORED` pixels."""

    name: str
    prediction: Prediction
    face: np.ndarray  # uint8 [S, S, 3]
    neutral: np.ndarray | None  # uint8 [S, S, 3]; None if there is none
    neutral_count: int = 1  # over which the estimate is averaged
    outside: np.ndarray | None = None  # bool [S, S], where the face's crop leaves its picture
    neutral_outside: np.ndarray | None = None
    landmarks: np.ndarray | None = None  # float [68, 2], over the side of the face
    visible: np.ndarray | None = None  # bool [68], neither hidden nor outside of the picture
    warnings: str = ""
    attention: Attention | None = None

    @classmethod
    def of(cls, answer: Answer, attention: Attention | None = None) -> FacePanel:
        """The panel of an answer with a prediction."""
        assert answer.prediction is not None
        points, visible = None, None
        if answer.points is not None and answer.visible is not None:
            points = answer.points / max(answer.face.shape[:2])
            visible = (answer.visible > 0.5) & ~_are_in(answer.outside, answer.points)
        return cls(
            name=f"{answer.person}: {answer.name}" if answer.person else answer.name,
            prediction=answer.prediction,
            face=_stored(answer.face),
            neutral=_stored(answer.neutral[0]) if len(answer.neutral) else None,
            neutral_count=len(answer.neutral),
            outside=_stored_mask(answer.outside),
            neutral_outside=_stored_mask(answer.neutral_outside),
            landmarks=points,
            visible=visible,
            warnings="; ".join(answer.warnings),
            attention=attention,
        )

    @property
    def height(self) -> int:
        """Pixels."""
        return _HEAD + TILE + _FOOT + _LINE * max(len(self._warnings), len(self._notes))

    @property
    def _warnings(self) -> list[str]:
        return wrapped(self.warnings, TILE, SMALL, "bold") if self.warnings else []

    @property
    def _notes(self) -> list[str]:
        """Lines under the maps of attention; the first is the scale of heat."""
        if self.attention is None:
            return []
        return ["", "The attention is flat: it singles out no part of the face."][: 1 + self.attention.flat.all()]

    @property
    def width(self) -> int:
        """Pixels, without margins."""
        maps = 0 if self.attention is None else 3 * TILE // 2 + _GAP
        return 2 * (TILE + _GAP) + maps + _GAP + _BARS

    def draw(self, canvas: Canvas, top: float) -> None:
        """Draw it with its upper edge at `top`."""
        theme, left = canvas.theme, MARGIN
        name = shortened(self.name, self.width, TEXT + 2, "bold")
        canvas.text(name, left, top + 20, size=TEXT + 2, weight="bold")
        title, below = top + _HEAD - 8, top + _HEAD + TILE
        canvas.text("face", left, title, size=SMALL, colour=theme.faint)
        self._draw_face(canvas, left, top + _HEAD)
        left += TILE + _GAP
        others = f", the first of {self.neutral_count}" if self.neutral_count > 1 else ""
        canvas.text(
            "no neutral face" if self.neutral is None else f"neutral face{others}",
            left, title, size=SMALL, colour=theme.faint,
        )  # fmt: skip
        if self.neutral is None:
            canvas.box(left, top + _HEAD, TILE, TILE, theme.fill)
        else:
            _draw_filled(canvas, self.neutral, self.neutral_outside, left, top + _HEAD)
        left += TILE + _GAP
        if self.attention is not None:
            canvas.text("attention of each unit's query", left, title, size=SMALL, colour=theme.faint)
            self._draw_attention(canvas, self.attention, left, top + _HEAD)
            left += 3 * TILE // 2 + _GAP
        self._draw_bars(canvas, left + _GAP, top + _HEAD, title)
        for line, text in enumerate(self._warnings):
            canvas.text(text, MARGIN, below + 15 + _LINE * line, size=SMALL, colour=theme.warning, weight="bold")

    def _draw_face(self, canvas: Canvas, left: float, top: float) -> None:
        _draw_filled(canvas, self.face, self.outside, left, top)
        if self.landmarks is None or self.visible is None:
            return
        theme, points = canvas.theme, np.array([left, top]) + TILE * self.landmarks
        x, baseline = left + TILE, top - 8
        for text, colour, drawn in (("hidden", _HIDDEN, ~self.visible), ("landmark", _VISIBLE, self.visible)):
            if drawn.any():
                canvas.dots(points[drawn], 3.4, colour, "#000000")
                canvas.text(text, x, baseline, size=SMALL, colour=theme.faint, align="right")
                x -= text_width(text, SMALL) + 9
                canvas.dots(np.array([[x, baseline - 4]]), 5, colour, "#000000")
                x -= 14

    def _draw_attention(self, canvas: Canvas, attention: Attention, left: float, top: float) -> None:
        """Six small copies of the face in two rows, and the scale of their heat."""
        half = TILE // 2
        for place, unit in enumerate(ACTION_UNITS):
            x, y = left + half * (place % 3), top + half * (place // 3)
            canvas.picture(attention_map(self.face, attention, place, 2 * half), x, y, half, half)
            canvas.text(unit, x + 5, y + 15, size=SMALL, colour="#ffffff", weight="bold")
            if attention.flat[place]:
                canvas.text("nearly even", x + 5, y + half - 7, size=SMALL, colour="#ffffff")
        scale = HeatScale(
            "heat:",
            colourise(np.linspace(0, 1, 120)),
            "an even share or less",
            f"{attention.full_heat:.1f} times that",
        )
        scale.draw(canvas, left, top + TILE + 3)
        for line, text in enumerate(self._notes):
            canvas.text(text, left, top + TILE + 15 + _LINE * line, size=SMALL, colour=canvas.theme.faint)

    def _draw_bars(self, canvas: Canvas, left: float, top: float, title: float) -> None:
        theme, prediction = canvas.theme, self.prediction
        canvas.text("estimate, from the lowest to the highest value", left, title, size=SMALL, colour=theme.faint)
        spread = "" if prediction.spread is None else f" ± {prediction.spread:.1f}"
        rows = [("PSPI", "", prediction.pspi, MAX_PSPI, f"{MAX_PSPI}", f"{prediction.pspi:.1f}{spread}")]
        if 1 in prediction.probability:
            chance = prediction.probability[1]
            rows.append(("pain", "probability of PSPI ≥ 1", chance, 1, "100 %", percent(chance)))
        if prediction.aus is not None:
            for unit, full, value in zip(ACTION_UNITS, HIGHEST, prediction.aus.tolist(), strict=True):
                rows.append((unit, _MEANINGS[unit], value, full, f"{full}", f"{value:.1f}"))
        for line, (name, meaning, value, full, highest, text) in enumerate(rows):
            y = top + _ROW * line
            canvas.text(name, left, y + 13, weight="bold")
            canvas.text(meaning, left, y + 26, size=9.5, colour=theme.faint)
            bar = left + _NAMES
            canvas.text("0", bar - 6, y + 13, size=SMALL, colour=theme.faint, align="right")
            canvas.box(bar, y + 3, _TRACK, 12, theme.fill)
            canvas.box(bar, y + 3, _TRACK * min(1.0, max(0.0, value / full)), 12, theme.estimate)
            canvas.text(highest, bar + _TRACK + 5, y + 13, size=SMALL, colour=theme.faint)
            canvas.text(text, left + _BARS, y + 13, align="right", weight="bold" if line == 0 else "normal")
            if line == 0:
                self._draw_pain_line(canvas, bar, y)

    def _draw_pain_line(self, canvas: Canvas, bar: float, y: float) -> None:
        """The PSPI from which on a face counts as in pain, and the expected error, on the bar of the PSPI."""
        theme, prediction = canvas.theme, self.prediction
        x = bar + _TRACK / MAX_PSPI
        canvas.line((x, x), (y, y + 18), theme.ink)
        canvas.text("1: pain", x + 4, y + 26, size=9.5, colour=theme.faint)
        if prediction.spread is not None:
            low, high = np.clip([prediction.pspi - prediction.spread, prediction.pspi + prediction.spread], 0, MAX_PSPI)
            ends = bar + _TRACK * low / MAX_PSPI, bar + _TRACK * high / MAX_PSPI
            canvas.line(ends, (y + 9, y + 9), theme.ink, 1.5)


def attention_map(face: np.ndarray, attention: Attention, unit: int, size: int) -> np.ndarray:
    """The face in grey with a unit's attention as heat on the square that the model sees: uint8 [size, size, 3].

    Heat is the weight of a patch beyond an even share; full heat is `Attention.full_heat` times an even share, the same
    for all units. Even weights leave the face grey.
    """
    grey = cv2.cvtColor(center_crop(face, size, 1.0), cv2.COLOR_RGB2GRAY)
    picture = np.repeat((0.5 * grey).astype(np.float32)[..., None], 3, axis=2)
    weights = attention.weights[unit]
    side, shift = round(attention.crop * size), round(attention.down * size)
    left = (size - side) // 2
    top = min(max(0, left + shift), size - side)
    beyond = np.maximum(weights * weights.size - 1, 0) / (attention.full_heat - 1)
    heat = cv2.resize(beyond, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
    part = picture[top : top + side, left : left + side]
    part += 0.7 * heat * (colourise(heat[..., 0]) - part)
    return picture.astype(np.uint8)


def _draw_filled(canvas: Canvas, face: np.ndarray, outside: np.ndarray | None, left: float, top: float) -> None:
    """A face whose crop leaves its picture is drawn without the repeated pixels there."""
    if outside is not None:
        fill = [int(canvas.theme.fill[place : place + 2], 16) for place in (1, 3, 5)]
        face = np.where(outside[..., None], np.array(fill, np.uint8), face)
    height, width = face.shape[:2]
    scale = TILE / max(height, width)
    canvas.box(left, top, TILE, TILE, canvas.theme.fill)
    canvas.picture(face, left, top, width * scale, height * scale)


def _are_in(mask: np.ndarray | None, points: np.ndarray) -> np.ndarray:
    """Which points [N, 2], in pixels, are in a mask [S, S]: bool [N]."""
    if mask is None:
        return np.zeros(len(points), bool)
    x, y = np.clip(points.T.astype(int), 0, len(mask) - 1)
    return mask[y, x]


def _stored(picture: np.ndarray) -> np.ndarray:
    return thumbnail(picture, STORED) if max(picture.shape[:2]) > STORED else picture


def _stored_mask(mask: np.ndarray | None) -> np.ndarray | None:
    return None if mask is None else _stored(255 * mask.astype(np.uint8)) > 127
