"""Hunyuan3D-Paint 2.1 in a process of its own, loaded once and asked for one person after the other."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from painctl.appearance.hunyuan.checkout import Checkout
from painctl.appearance.hunyuan.child import Child, Died
from painctl.appearance.hunyuan.licence import LICENCE
from painctl.appearance.hunyuan.painted import Painted, read_painted
from painctl.files.scratch import scratch_folder

VIEWS, RESOLUTION = 6, 512  # what its authors recommend, and its 21 GB of GPU memory are measured at
_DRIVER = Path(__file__).with_name("driver.py")
_OTHER_PYTHON = ("PYTHONPATH", "PYTHONHOME")  # ours, and wrong for another


class PaintError(ValueError):
    """A person whom the pipeline could not paint."""


class Unusable(ImportError):
    """The pipeline cannot be used here at all."""


class Painter:
    """The pipeline of a checkout, as a context: leaving it ends the process and removes its files.

    It is loaded when the first person comes, and again after one on whom it died. `time_limit` is in seconds, for
    loading and for each person. Without `allow_download` it may not go to the network for its weights. With `aloud`
    what it prints goes to our stderr. `say` is told what takes minutes.
    """

    record: Final[Mapping[str, Any]] = {  # what shapes the maps, for the history of a shard
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
        aloud: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._checkout, self._limit, self._aloud, self._say = checkout, time_limit, aloud, say
        self._offline = {} if allow_download else {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
        self._child: Child | None = None
        self._has_painted = False

    def __enter__(self) -> Painter:
        self._files = contextlib.ExitStack()
        self._folder = self._files.enter_context(scratch_folder())
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._files.close()

    def check(self) -> None:
        """See that every piece is there, without loading the weights. Raises Unusable."""
        self._start("check")
        self._stop()

    def paint(self, mesh: bytes, picture: bytes) -> Painted:
        """The maps of a mesh, an OBJ, by a picture of it, a PNG whose background is transparent.

        Raises PaintError or ValueError if this one could not be painted, Unusable if none can.
        """
        if self._child is None or self._child.has_died():
            self._stop()
            self._say(f"loading Hunyuan3D-Paint from {self._checkout.folder}, which takes minutes")
            begun = time.monotonic()
            self._start("serve")
            self._say(f"loaded in {time.monotonic() - begun:.0f} s")
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            (folder / "head.obj").write_bytes(mesh)
            (folder / "portrait.png").write_bytes(picture)
            paths = {"mesh": "head.obj", "picture": "portrait.png", "output": "painted.obj"}
            self._ask({what: str(folder / path) for what, path in paths.items()})
            return read_painted(folder / "painted.obj")

    def _start(self, mode: str) -> None:
        self._child = self._launched(mode)
        try:
            answer = self._child.answer(self._limit)
        except TimeoutError:
            raise Unusable(
                f"Hunyuan3D-Paint: not loaded within {self._limit:g} s; a longer --time-limit waits"
            ) from None
        except Died as death:
            raise Unusable(f"Hunyuan3D-Paint {death}, while it was loaded") from None
        if "done" not in answer:
            raise Unusable(_told(answer))

    def _launched(self, mode: str) -> Child:
        scratch = self._folder / "scratch"  # for what the pipeline's libraries leave behind
        scratch.mkdir(exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name not in _OTHER_PYTHON}
        environment |= {"TMPDIR": str(scratch), **self._offline}
        command = [str(self._checkout.python), str(_DRIVER), mode, str(VIEWS), str(RESOLUTION)]
        log = None if self._aloud else self._folder / "log"
        try:
            return Child(command, self._checkout.folder, environment, log)
        except OSError as error:
            raise Unusable(f"{self._checkout.python}: {error.strerror}; name another with --hunyuan-python") from None

    def _ask(self, job: Mapping[str, str]) -> None:
        assert self._child is not None
        try:
            self._child.ask(job)
            answer = self._child.answer(self._limit)
        except TimeoutError:
            self._stop()
            raise PaintError(f"not painted within {self._limit:g} s; a longer --time-limit waits") from None
        except Died as death:
            self._stop()
            raise PaintError(f"Hunyuan3D-Paint {death}") from None
        if "done" not in answer:
            # all heads need alike much memory: where the first finds too little, so would the rest
            of_all = answer.get("kind") == "memory" and not self._has_painted
            raise (Unusable if of_all else PaintError)(_told(answer))
        self._has_painted = True

    def _stop(self) -> None:
        if self._child:
            self._child.close()
        self._child = None


def _told(answer: Mapping[str, Any]) -> str:
    text = f"Hunyuan3D-Paint: {answer.get('text', 'no reason given')}"
    if answer.get("kind") == "memory":
        text += "; it needs about 21 GB of GPU memory: stop what else uses the GPU, or take a larger one"
    return text
