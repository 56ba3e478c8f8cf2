"""The picture of a prediction run: panels of its faces and videos, stacked; in a PDF, on several pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from painctl.files.publish import atomic_write
from painctl.plots.canvas import SMALL, Canvas
from painctl.plots.figures import drawing, encoded
from painctl.plots.formats import PAGED
from painctl.plots.text import wrapped
from painctl.plots.themes import Theme
from painctl.prediction.answers import Answer
from painctl.prediction.curve_panel import CurvePanel
from painctl.prediction.face_panel import MARGIN, Attention, FacePanel
from painctl.prediction.video_curve import VideoCurve
from painctl.vitpain.attention import action_unit_attention
from painctl.vitpain.interface import PainModel

MOST_PANELS: Final = 12  # of a picture
MOST_PAGED: Final = 120  # of a file with pages
NOTICE: Final = "research software, not a medical device: do not base anyone's care on these numbers"
_PAGE: Final = 4  # panels
_LEAST_PATCHES: Final = 6  # to a side, of a map of attention that is drawn; a coarser one says little
_LINE: Final = 15
_STORED: Final = 2  # pixels for each one of the layout, for screens of high resolution


class Sheet:
    """Collects answers in order, and draws the first `MOST_PANELS` faces and videos, or `MOST_PAGED` in a PDF."""

    def __init__(self, model: PainModel, path: Path, theme: Theme) -> None:
        """`path` is the file to write."""
        self._model, self._path, self._theme = model, path, theme
        self._most = MOST_PAGED if path.suffix.lower() in PAGED else MOST_PANELS
        self._panels: list[FacePanel | CurvePanel] = []
        self._left_out = 0

    def add(self, answer: Answer) -> None:
        """Add a face. Frames of videos are not drawn one by one: see `add_video`."""
        if answer.prediction is None or answer.frame is not None:
            return
        if len(self._panels) == self._most:
            self._left_out += 1
            return
        weights = action_unit_attention(self._model, answer.face, answer.neutral)
        preprocess = self._model.architecture.preprocess
        attention = None
        if weights is not None and weights.shape[1] >= _LEAST_PATCHES:
            attention = Attention(weights, preprocess.crop, preprocess.down)
        self._panels.append(FacePanel.of(answer, attention))

    def add_video(self, curve: VideoCurve) -> None:
        """Add the curve of a video; none if no frame was read."""
        if not len(curve.frames):
            return
        if len(self._panels) == self._most:
            self._left_out += 1
            return
        self._panels.append(CurvePanel(curve))

    def write(self) -> str:
        """Write the file, complete or absent, or nothing if there are no panels. Returns what it leaves out, if so.

        Raises OSError that names the file.
        """
        if not self._panels:
            return ""
        pages = [self._panels]
        if self._path.suffix.lower() in PAGED:
            pages = [self._panels[first : first + _PAGE] for first in range(0, len(self._panels), _PAGE)]
        width = max(panel.width for panel in self._panels)
        with drawing(self._theme):
            canvases = [_drawn(panels, width, self._theme) for panels in pages]
            data = encoded([canvas.figure for canvas in canvases], self._path.suffix)
        atomic_write(self._path, data, private=True)  # people's faces
        if not self._left_out:
            return ""
        more = "" if self._most == MOST_PAGED else f"; a PDF shows up to {MOST_PAGED}"
        return f"{self._path}: shows the first {self._most} of {self._most + self._left_out}{more}"


def _drawn(panels: Sequence[FacePanel | CurvePanel], width: int, theme: Theme) -> Canvas:
    """A page: panels, and the notice below them."""
    notice = wrapped(NOTICE, width, SMALL)
    body = sum(panel.height for panel in panels)
    canvas = Canvas(width + 2 * MARGIN, body + _LINE * len(notice) + MARGIN, theme, _STORED)
    top = 0
    for panel in panels:
        if top:
            canvas.line((MARGIN, MARGIN + width), (top, top), theme.rule)
        panel.draw(canvas, top)
        top += panel.height
    for line, text in enumerate(notice):
        canvas.text(text, MARGIN, top + 12 + _LINE * line, size=SMALL, colour=theme.faint)
    return canvas
