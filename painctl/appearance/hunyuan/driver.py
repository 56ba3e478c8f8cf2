"""Paints for painctl inside the Python of a Hunyuan3D-2.1 checkout. painctl runs this file and never imports it.

    PYTHON driver.py check|serve VIEWS RESOLUTION        in the checkout's folder hy3dpaint

Requests come on stdin, one per line of JSON: the paths of a mesh, of a picture, and of the mesh to write. A response
goes to stdout when the pipeline is ready, and after each request: {"done": true}, or {"kind": "missing", "memory" or
"error", "text": ...}. With `check` nothing is loaded, and the process ends after the first response. When stdin is
closed, the process ends at once. Only Python 3.8 and the checkout's own packages may be used here.
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

# Requirements that would otherwise fail minutes later, or without saying what to do: module, a name in it, the remedy.
REQUIREMENTS = (
    ("torch", "cuda", "install the checkout's requirements.txt into {python}"),
    (
        "custom_rasterizer_kernel",
        "rasterize_image",
        "its rasteriser is not built: in hy3dpaint/custom_rasterizer run {python} -m pip install -e .",
    ),
    ("custom_rasterizer", "rasterize", "in hy3dpaint/custom_rasterizer run {python} -m pip install ."),
    (
        "DifferentiableRenderer.mesh_inpaint_processor",
        "meshVerticeInpaint",
        "it is not built: in hy3dpaint/DifferentiableRenderer run bash compile_mesh_painter.sh",
    ),
    ("bpy", "ops", "run {python} -m pip install bpy==4.0"),
    ("textureGenPipeline", "Hunyuan3DPaintPipeline", "install the checkout's requirements.txt into {python}"),
)
PATHS = ("multiview_cfg_path", "custom_pipeline", "realesrgan_ckpt_path")  # options that are paths in the checkout


class Missing(Exception):
    """A missing requirement; the message says how to get it."""


def main() -> None:
    mode, views, resolution = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    responses = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the pipeline prints to stdout, which is for responses
    sys.stdout = os.fdopen(1, "w", 1, closefd=False)  # line by line, so that progress is visible
    own_folder = Path(__file__).resolve().parent
    sys.path[:] = [str(Path.cwd()), *(entry for entry in sys.path if Path(entry).resolve() != own_folder)]
    requests: queue.Queue[dict[str, str]] = queue.Queue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()

    def respond(response: dict[str, Any]) -> None:
        responses.write(json.dumps(response) + "\n")
        responses.flush()

    try:
        config = _checked_config(views, resolution)
        pipeline = _load(config) if mode == "serve" else None
    except BaseException as error:  # the checkout may also call sys.exit
        respond(_failure(error))
        return
    respond({"done": True})
    while pipeline:
        request = requests.get()
        try:
            mesh, picture, output = (request[name] for name in ("mesh", "picture", "output"))
            pipeline(mesh, picture, output_mesh_path=output, use_remesh=False, save_glb=False)
            respond({"done": True})
        except BaseException as error:
            respond(_failure(error))


def _listen(requests: queue.Queue[dict[str, str]]) -> None:
    for line in sys.stdin:
        requests.put(json.loads(line))
    # painctl has ended, so the current request is no longer needed
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def _checked_config(views: int, resolution: int) -> Any:
    """The pipeline's configuration, after checking that every requirement is met. Raises Missing."""
    for name, attribute, remedy in REQUIREMENTS:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            raise Missing(f"no {name} ({_line(error)}); {remedy.format(python=sys.executable)}") from error
        if not hasattr(module, attribute):  # a folder of that name imports as an empty module
            raise Missing(f"no {attribute} in {name}; {remedy.format(python=sys.executable)}")
    if not sys.modules["torch"].cuda.is_available():
        raise Missing("torch finds no CUDA GPU, and the paint pipeline needs one with about 21 GB")
    config = sys.modules["textureGenPipeline"].Hunyuan3DPaintConfig(views, resolution)
    for name in PATHS:
        setattr(config, name, _existing_path(getattr(config, name, "")))
    if not Path(config.multiview_cfg_path).is_file():
        raise Missing(f"no {config.multiview_cfg_path} in the checkout; clone it again")
    if not Path(config.realesrgan_ckpt_path).is_file():
        raise Missing(
            f"no weights in hy3dpaint/{config.realesrgan_ckpt_path}; the checkout's README says where to get them"
        )
    if os.environ.get("HF_HUB_OFFLINE") == "1":
        _require_cached(config.multiview_pretrained_path, ["hunyuan3d-paintpbr-v2-1/*"])
        _require_cached(config.dino_ckpt_path, None)
    return config


def _existing_path(path: str) -> str:
    """A path in the checkout: relative to its top folder or to hy3dpaint, depending on its version."""
    return next((str(top / path) for top in (Path.cwd(), Path.cwd().parent) if path and (top / path).exists()), path)


def _require_cached(weights: str, patterns: list[str] | None) -> None:
    """Raises Missing unless weights, a folder or a hub id, are on this machine."""
    if not Path(weights).is_dir():
        hub = importlib.import_module("huggingface_hub")
        try:
            hub.snapshot_download(weights, allow_patterns=patterns, local_files_only=True)
        except Exception as error:
            raise Missing(
                f"the weights of {weights} are not on this machine; download them with --allow-download"
            ) from error


def _load(config: Any) -> Any:
    with contextlib.suppress(Exception):  # as the checkout's own demo does for newer versions of torchvision
        importlib.import_module("utils.torchvision_fix").apply_fix()
    return sys.modules["textureGenPipeline"].Hunyuan3DPaintPipeline(config)


def _failure(error: BaseException) -> dict[str, str]:
    """The response to an error, whose traceback goes to stderr."""
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
    os._exit(0)  # the thread that waits for stdin would block the interpreter's shutdown
