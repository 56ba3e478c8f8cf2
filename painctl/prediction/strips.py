"""Answers as pictures: a strip for each face, or for a video the curve of its PSPI."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from painctl.images.resize import center_crop, thumbnail
from painctl.pain.action_units import ACTION_UNITS, HIGHEST, MAX_PSPI
from painctl.pain.heatmap import colourise
from painctl.prediction.answers import Answer
from painctl.records import percent

TILE = 256
TITLE = 26  # pixels of the line above the tiles of a face
NARROW = 3 * TILE  # face, neutral, bars
WIDTH = NARROW + 3 * TILE // 2  # with six maps of attention
_PAPER, _INK, _BAR, _FAINT = 24, (235, 235, 235), (230, 110, 60), (90, 90, 90)
_TRACK = (48, 48, 48)  # of a bar
_FULL_BAR = {"PSPI": MAX_PSPI, **dict(zip(ACTION_UNITS, HIGHEST, strict=True))}


def face_strip(answer: Answer, attention: np.ndarray | None, crop: float, down: float = 0.0) -> np.ndarray:
    """The face with its landmarks and warnings, its first neutral face, the attention of each unit's query, and bars.

    uint8 [282, 1152, 3], with a line of titles above. `attention` float32 [6, S, S] covers a square, `crop` of the
    face's side and `down` below its middle; without it the strip is 768 pixels wide.
    """
    neutral = _square(answer.neutral[0]) if len(answer.neutral) else np.full((TILE, TILE, 3), _PAPER, np.uint8)
    tiles = [_marked(answer), neutral]
    titles = [answer.name, "neutral face" if len(answer.neutral) else "no neutral face"]
    if attention is not None:
        tiles.append(_maps(answer.face, attention, (crop, down)))
        titles.append("attention of each unit's query")
    return np.vstack([_titles([*titles, _estimate(answer)], tiles), np.hstack([*tiles, _bars(answer)])])


def curve_strip(name: str, times: Sequence[float], scores: Sequence[float]) -> np.ndarray:
    """PSPI 0..16 over seconds, uint8 [256, 1152, 3]; NaN, a frame without a prediction or a time, leaves a gap."""
    strip = np.full((TILE, WIDTH, 3), _PAPER, np.uint8)
    left, right, top, bottom = 44, WIDTH - 30, 30, TILE - 36
    _write(strip, f"PSPI  {_ascii(name, WIDTH // 9)}", (left, 18))
    for score in range(0, 17, 4):
        y = round(bottom - (bottom - top) * score / 16)
        cv2.line(strip, (left, y), (right, y), _FAINT, 1)
        _write(strip, str(score), (14, y + 4))
    longest = max([*(time for time in times if time == time), 1e-9])
    step = _round_step(longest / 8)
    for number in range(int(longest / step) + 1):
        x = round(left + (right - left) * number * step / longest)
        cv2.line(strip, (x, bottom), (x, bottom + 4), _INK, 1)
        _write(strip, f"{number * step:g} s", (x - 6, bottom + 20))
    points = np.stack(
        [
            left + (right - left) * np.asarray(times, float) / longest,
            bottom - (bottom - top) * np.asarray(scores, float) / 16,
        ],
        axis=1,
    )
    valid = np.isfinite(points[:, 0]) & np.isfinite(points[:, 1])
    for run in np.split(np.arange(len(points)), np.flatnonzero(np.diff(valid)) + 1):
        if valid[run[:1]].any():
            line = np.rint(8 * points[run]).astype(np.int32)  # eighths of a pixel
            cv2.polylines(strip, [line[:, None]], False, _BAR, 2, cv2.LINE_AA, 3)
    return strip


def padded(strip: np.ndarray, width: int) -> np.ndarray:
    """A strip with an empty part to its right: [H, width, 3]."""
    return cv2.copyMakeBorder(
        strip, 0, 0, 0, width - strip.shape[1], cv2.BORDER_CONSTANT, value=(_PAPER, _PAPER, _PAPER)
    )


def note(text: str, width: int) -> np.ndarray:
    """A line of small text, uint8 [22, width, 3]."""
    line = np.full((22, width, 3), _PAPER, np.uint8)
    cv2.putText(line, text, (6, 15), cv2.FONT_HERSHEY_SIMPLEX, 0.38, _INK, 1, cv2.LINE_AA)
    return line


def _titles(titles: Sequence[str], tiles: Sequence[np.ndarray]) -> np.ndarray:
    """A line with a title above each tile, and one above the bars that follow them."""
    lefts = np.cumsum([0, *(tile.shape[1] for tile in tiles)]).tolist()
    line = np.full((TITLE, lefts[-1] + TILE, 3), _PAPER, np.uint8)
    for left, right, title in zip(lefts, [*lefts[1:], line.shape[1]], titles, strict=True):
        _write(line, _ascii(title, (right - left) // 9), (left + 6, 18))
    return line


def _estimate(answer: Answer) -> str:
    """The probability of pain, and the standard deviation of PSPI, as text."""
    assert answer.prediction is not None
    spread, chance = answer.prediction.spread, answer.prediction.probability.get(1)
    parts = [] if chance is None else [f"P(pain) {percent(chance)}"]
    return ", ".join([*parts, *([] if spread is None else [f"PSPI sd {spread:.1f}"])])


def _maps(face: np.ndarray, attention: np.ndarray, square: tuple[float, float]) -> np.ndarray:
    """Six small copies of the face, each with the attention of a unit's query."""
    half = TILE // 2
    maps = np.full((TILE, 3 * half, 3), _PAPER, np.uint8)
    for place, (name, weights) in enumerate(zip(ACTION_UNITS, attention, strict=True)):
        top, left = half * (place // 3), half * (place % 3)
        maps[top : top + half, left : left + half] = _overlay(face, weights, square, half)
        _write(maps, name, (left + 5, top + 14))
    return maps


def _overlay(face: np.ndarray, weights: np.ndarray, square: tuple[float, float], size: int) -> np.ndarray:
    """A grey face with the weights as heat on the part that the model sees, of `square` = (crop, down).

    Heat is the weight of a patch beyond an even share; white is the largest weight, or three times an even share if
    that is more. Even weights leave the face grey.
    """
    grey = cv2.cvtColor(center_crop(face, size, 1.0), cv2.COLOR_RGB2GRAY)
    picture = np.repeat((0.5 * grey).astype(np.float32)[..., None], 3, axis=2)
    side, shift = (round(share * size) for share in square)
    left = (size - side) // 2
    top = min(max(0, left + shift), size - side)
    even = 1 / weights.size
    beyond = np.maximum(weights - even, 0) / (max(weights.max(), 3 * even) - even)
    heat = cv2.resize(beyond, (side, side), interpolation=cv2.INTER_LINEAR)[..., None]
    part = picture[top : top + side, left : left + side]
    part += 0.7 * heat * (colourise(heat[..., 0]) - part)
    return picture.astype(np.uint8)


def _marked(answer: Answer) -> np.ndarray:
    """The face with a dot on each landmark, darker where it is hidden."""
    tile = _square(answer.face)
    if answer.marks is not None and answer.visible is not None:
        scale = TILE / max(answer.face.shape[:2])
        for (x, y), seen in zip(16 * (scale * answer.marks - 0.5), answer.visible > 0.5, strict=True):
            cv2.circle(tile, (round(float(x)), round(float(y))), 14, _BAR if seen else _FAINT, -1, cv2.LINE_AA, 4)
    warnings = "; ".join(answer.warnings)
    if warnings:
        tile[-22:] //= 3
        _write(tile, _ascii(warnings, TILE // 8), (6, TILE - 7))
    return tile


def _bars(answer: Answer) -> np.ndarray:
    bars = np.full((TILE, TILE, 3), _PAPER, np.uint8)
    assert answer.prediction is not None
    values = {"PSPI": answer.prediction.pspi}
    if answer.prediction.aus is not None:
        values |= dict(zip(ACTION_UNITS, answer.prediction.aus.tolist(), strict=True))
    for line, (name, value) in enumerate(values.items()):
        top, full = 16 + 32 * line, _FULL_BAR[name]
        cv2.rectangle(bars, (60, top), (60 + 120, top + 14), _TRACK, -1)
        width = int(120 * min(1.0, value / full))
        if width:
            cv2.rectangle(bars, (60, top), (60 + width, top + 14), _BAR, -1)
        _write(bars, name, (8, top + 12))
        _write(bars, f"{value:.1f} / {full:g}", (188, top + 12))
    return bars


def _write(picture: np.ndarray, text: str, place: tuple[int, int]) -> None:
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, _INK, 1, cv2.LINE_AA)


def _ascii(text: str, most: int) -> str:
    """Text in what OpenCV can draw, shortened to at most so many characters."""
    drawn = text.encode("ascii", "replace").decode()
    return drawn if len(drawn) <= most else f"...{drawn[3 - most :]}"


def _round_step(least: float) -> float:
    """1, 2 or 5 times a power of ten, no smaller than `least`."""
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9)))


def _square(picture: np.ndarray) -> np.ndarray:
    tile = np.full((TILE, TILE, 3), _PAPER, np.uint8)
    small = thumbnail(picture, TILE)
    tile[: small.shape[0], : small.shape[1]] = small
    return tile
