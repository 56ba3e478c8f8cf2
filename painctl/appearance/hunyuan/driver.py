"""Paints for painctl inside the Python of a Hunyuan3D-2.1 checkout. painctl runs this file and never imports it.

    PYTHON driver.py check|serve VIEWS RESOLUTION        in the checkout's folder hy3dpaint

Jobs come on stdin, a line of JSON each: the paths of a mesh, of a picture, and of the mesh to write. On stdout goes a
line when all is ready, and one a job: {"done": true}, or {"kind": "missing", "memory" or "error", "text": ...}. With
`check` nothing is loaded, and it ends after the first line. When stdin ends, so does this process, whatever it is at.
Python 3.8 and the checkout's own packages are all that may be used here.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

# What would fail late, after minutes, or in words that do not say what to do: module, a name in it, the remedy.
PIECES = (
    ("torch", "cuda", "install the checkout's requirements.txt into {python}"),
    (
        "custom_rasterizer_kernel",
        "rasterize_image",
        "its rasteriser is not built: in hy3dpaint/custom_rasterizer, {python} -m pip install -e .",
    ),
    ("custom_rasterizer", "rasterize", "in hy3dpaint/custom_rasterizer, {python} -m pip install ."),
    (
        "DifferentiableRenderer.mesh_inpaint_processor",
        "meshVerticeInpaint",
        "it is not built: in hy3dpaint/DifferentiableRenderer, bash compile_mesh_painter.sh",
    ),
    ("bpy", "ops", "{python} -m pip install bpy==4.0"),
    ("textureGenPipeline", "Hunyuan3DPaintPipeline", "install the checkout's requirements.txt into {python}"),
)
PATHS = ("multiview_cfg_path", "custom_pipeline", "realesrgan_ckpt_path")  # of a configuration, in the checkout


class Missing(Exception):
    """A piece that is not there, and how to get it."""


def main() -> None:
    mode, views, resolution = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the pipeline prints is no answer
    sys.stdout = os.fdopen(1, "w", 1, closefd=False)  # and is heard when it is said, a line at a time
    ours = Path(__file__).resolve().parent
    sys.path[:] = [str(Path.cwd()), *(entry for entry in sys.path if Path(entry).resolve() != ours)]
    jobs: queue.Queue[dict[str, str]] = queue.Queue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()

    def answer(what: dict[str, Any]) -> None:
        answers.write(json.dumps(what) + "\n")
        answers.flush()

    try:
        config = _checked(views, resolution)
        pipeline = _loaded(config) if mode == "serve" else None
    except BaseException as error:  # an exit of theirs too
        answer(_told(error))
        return
    answer({"done": True})
    while pipeline:
        job = jobs.get()
        try:
            pipeline(job["mesh"], job["picture"], output_mesh_path=job["output"], use_remesh=False, save_glb=False)
            answer({"done": True})
        except BaseException as error:
            answer(_told(error))


def _listen(jobs: queue.Queue[dict[str, str]]) -> None:
    for line in sys.stdin:
        jobs.put(json.loads(line))
    # painctl has gone: nobody waits for what is being painted
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _checked(views: int, resolution: int) -> Any:
    """The pipeline's configuration, once every piece is known to be there. Raises Missing."""
    for name, part, remedy in PIECES:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            raise Missing(f"no {name} ({_line(error)}); {remedy.format(python=sys.executable)}") from error
        if not hasattr(module, part):  # a folder of that name passes for an empty module
            raise Missing(f"no {part} in {name}; {remedy.format(python=sys.executable)}")
    if not sys.modules["torch"].cuda.is_available():
        raise Missing("torch sees no CUDA GPU here, and the paint pipeline needs one of about 21 GB")
    config = sys.modules["textureGenPipeline"].Hunyuan3DPaintConfig(views, resolution)
    for name in PATHS:
        setattr(config, name, _from_here(getattr(config, name, "")))
    if not Path(config.multiview_cfg_path).is_file():
        raise Missing(f"no {config.multiview_cfg_path} in the checkout; clone it again")
    if not Path(config.realesrgan_ckpt_path).is_file():
        raise Missing(
            f"no weights in hy3dpaint/{config.realesrgan_ckpt_path}; the checkout's README says where they are"
        )
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        _in_cache(config.multiview_pretrained_path, ["hunyuan3d-paintpbr-v2-1/*"])
        _in_cache(config.dino_ckpt_path, None)
    return config


def _from_here(path: str) -> str:
    """A path of the checkout: its versions count theirs from its top or from hy3dpaint, and some from both."""
    return next((str(top / path) for top in (Path.cwd(), Path.cwd().parent) if path and (top / path).exists()), path)


def _in_cache(weights: str, patterns: list[str] | None) -> None:
    if not Path(weights).is_dir():
        hub = importlib.import_module("huggingface_hub")
        try:
            hub.snapshot_download(weights, allow_patterns=patterns, local_files_only=True)
        except Exception as error:
            raise Missing(f"the weights of {weights} are not on this machine; --allow-download fetches them") from error


def _loaded(config: Any) -> Any:
    with contextlib.suppress(Exception):  # what the checkout's own demo does for newer torchvisions
        importlib.import_module("utils.torchvision_fix").apply_fix()
    return sys.modules["textureGenPipeline"].Hunyuan3DPaintPipeline(config)


def _told(error: BaseException) -> dict[str, str]:
    traceback.print_exception(type(error), error, error.__traceback__)
    text = _line(error)
    if isinstance(error, Missing):
        return {"kind": "missing", "text": text.partition(": ")[2]}
    if isinstance(error, MemoryError) or any(words in text.lower() for words in ("out of memory", "alloc_failed")):
        with contextlib.suppress(Exception):
            sys.modules["torch"].cuda.empty_cache()
        return {"kind": "memory", "text": text}
    return {"kind": "error", "text": text}


def _line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:400]


if __name__ == "__main__":
    main()
    sys.stderr.flush()
    os._exit(0)  # a thread that waits for stdin would stop the interpreter from ending in peace
