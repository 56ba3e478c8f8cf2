"""Hunyuan3D-Paint 2.1 in its own process, loaded once for all people."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from painctl.appearance.hunyuan.checkout import Checkout
from painctl.appearance.hunyuan.licence import LICENCE
from painctl.appearance.hunyuan.painted import Painted, read_painted
from painctl.appearance.hunyuan.worker import Worker, WorkerDied
from painctl.files.scratch import scratch_folder

VIEWS, RESOLUTION = 6, 512  # as its authors recommend; they measured 21 GB of GPU memory with these
_DRIVER = Path(__file__).with_name("driver.py")
_PYTHON_VARIABLES = ("PYTHONPATH", "PYTHONHOME")  # set for painctl's Python; they would mislead another one


class PaintError(ValueError):
    """The pipeline could not paint this person."""


class PipelineUnavailable(ImportError):
    """The pipeline cannot be used on this machine."""


class Painter:
    """The pipeline of a checkout, as a context manager: leaving it ends the process and removes its files.

    The pipeline is loaded for the first person, and reloaded if it died. `time_limit` is in seconds,
    for loading and for each person. Unless `allow_download`, it may not fetch its weights. If `verbose`, its output
    goes to painctl's stderr. `say` reports steps that take minutes.
    """

    record: Final[Mapping[str, Any]] = {  # what determines the maps, for the history of a shard
        "model": "tencent/Hunyuan3D-2.1",
        "views": VIEWS,
        "resolution": RESOLUTION,
        "licence": LICENCE,
    }

    def __init__(
        self,
        checkout: Checkout,
        time_limit: float = 1800,
        allow_download: bool = False,
        verbose: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._checkout, self._limit, self._verbose, self._say = checkout, time_limit, verbose, say
        self._offline = {} if allow_download else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        self._worker: Worker | None = None
        self._has_painted = False

    def __enter__(self) -> Painter:
        self._files = contextlib.ExitStack()
        self._folder = self._files.enter_context(scratch_folder())
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._files.close()

    def check(self) -> None:
        """Check that everything is installed, without loading the weights. Raises PipelineUnavailable."""
        self._start("check")
        self._stop()

    def paint(self, mesh: bytes, picture: bytes) -> Painted:
        """The maps of a mesh, an OBJ, after a picture of it, a PNG with a transparent background.

        Raises PaintError or ValueError if this person cannot be painted, PipelineUnavailable if no person can.
        """
        if self._worker is None or self._worker.has_died():
            self._stop()
            self._say(f"loading Hunyuan3D-Paint from {self._checkout.folder}, which takes minutes")
            start = time.monotonic()
            self._start("serve")
            self._say(f"loaded in {time.monotonic() - start:.0f} s")
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            (folder / "head.obj").write_bytes(mesh)
            (folder / "portrait.png").write_bytes(picture)
            files = {"mesh": "head.obj", "picture": "portrait.png", "output": "painted.obj"}
            self._request({key: str(folder / file) for key, file in files.items()})
            return read_painted(folder / "painted.obj")

    def _start(self, mode: str) -> None:
        self._worker = self._launch(mode)
        try:
            response = self._worker.response(self._limit)
        except TimeoutError:
            raise PipelineUnavailable(
                f"Hunyuan3D-Paint did not load within {self._limit:g} s; raise --time-limit"
            ) from None
        except WorkerDied as death:
            raise PipelineUnavailable(f"Hunyuan3D-Paint, while loading, {death}") from None
        if "done" not in response:
            raise PipelineUnavailable(_failure(response))

    def _launch(self, mode: str) -> Worker:
        scratch = self._folder / "scratch"  # for temporary files that the pipeline's libraries leave behind
        scratch.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in _PYTHON_VARIABLES}
        environment |= {"TMPDIR": str(scratch), **self._offline}
        command = [str(self._checkout.python), str(_DRIVER), mode, str(VIEWS), str(RESOLUTION)]
        log = None if self._verbose else self._folder / "log"
        try:
            return Worker(command, self._checkout.folder, environment, log)
        except OSError as error:
            raise PipelineUnavailable(
                f"{self._checkout.python}: {error.strerror}; give another Python with --hunyuan-python"
            ) from None

    def _request(self, job: Mapping[str, str]) -> None:
        assert self._worker is not None
        try:
            self._worker.request(job)
            response = self._worker.response(self._limit)
        except TimeoutError:
            self._stop()
            raise PaintError(f"not painted within {self._limit:g} s; raise --time-limit") from None
        except WorkerDied as death:
            self._stop()
            raise PaintError(f"Hunyuan3D-Paint {death}") from None
        if "done" not in response:
            # all heads need about the same memory: if it is too little for the first, it is for all
            for_all = response.get("kind") == "memory" and not self._has_painted
            raise (PipelineUnavailable if for_all else PaintError)(_failure(response))
        self._has_painted = True

    def _stop(self) -> None:
        if self._worker:
            self._worker.close()
        self._worker = None


def _failure(response: Mapping[str, Any]) -> str:
    text = f"Hunyuan3D-Paint: {response.get('text', 'unknown error')}"
    if response.get("kind") == "memory":
        text += "; it needs about 21 GB of GPU memory: stop other programs on the GPU, or use a larger one"
    return text
