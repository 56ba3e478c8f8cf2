"""The program that runs in a checkout's Python, started as the painter starts it, in a stand-in checkout."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from painctl.appearance.hunyuan import driver

MESH = "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"


@pytest.fixture
def start(standin, tmp_path):
    """Start the driver in the stand-in's folder; it is ended with the test."""
    with contextlib.ExitStack() as running:

        def start(mode, **environment):
            process = subprocess.Popen(
                [sys.executable, driver.__file__, mode, "6", "512"],
                cwd=standin.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=(tmp_path / "stderr").open("w"),
                text=True,
                env={"PATH": "/usr/bin:/bin", "TMPDIR": str(tmp_path), "HF_HUB_OFFLINE": "1", **environment},
                start_new_session=True,
            )
            running.callback(process.wait, 20)
            running.callback(process.kill)
            running.enter_context(process)
            return process

        yield start


def response(process):
    return json.loads(process.stdout.readline())


def test_a_check_loads_nothing_and_ends(start, standin):
    process = start("check")
    assert response(process) == {"done": True}
    assert process.wait(20) == 0
    assert standin.log == []


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("custom_rasterizer_kernel.py", ["custom_rasterizer_kernel", "pip install -e ."]),
        ("DifferentiableRenderer/mesh_inpaint_processor.py", ["mesh_inpaint_processor", "compile_mesh_painter.sh"]),
        ("bpy.py", ["no bpy", "pip install bpy==4.0"]),
        ("ckpt/RealESRGAN_x4plus.pth", ["no weights in hy3dpaint/ckpt/RealESRGAN_x4plus.pth"]),
    ],
)
def test_what_is_missing_is_named_with_its_remedy(start, standin, file, words):
    (standin.folder / file).unlink()
    failure = response(start("check"))
    assert failure["kind"] == "missing"
    assert all(word in failure["text"] for word in words)


def test_offline_the_weights_must_be_on_the_machine(start, standin):
    (standin.folder / "hub/facebook/dinov2-giant").rmdir()
    failure = response(start("check"))
    assert "the weights of facebook/dinov2-giant are not on this machine" in failure["text"]
    assert response(start("check", HF_HUB_OFFLINE="0")) == {"done": True}


def test_requests_are_painted_and_errors_answered_until_stdin_ends(start, standin, tmp_path):
    standin.behave(**{"1": "error", "2": "memory"})
    mesh, picture = tmp_path / "a.obj", tmp_path / "a.png"
    mesh.write_text(MESH)
    cv2.imwrite(str(picture), np.zeros((8, 8, 4), np.uint8))
    process = start("serve")
    assert response(process) == {"done": True}
    answers = []
    for _ in range(3):
        request = {"mesh": str(mesh), "picture": str(picture), "output": str(tmp_path / "out.obj")}
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        answers.append(response(process))
    assert answers[0] == {"done": True}
    assert (tmp_path / "out.obj").exists()
    assert answers[1] == {"kind": "error", "text": "ValueError: the brush broke"}
    assert answers[2]["kind"] == "memory"
    assert "Models Loaded." in Path(tmp_path / "stderr").read_text()  # what the pipeline prints is no response
    process.stdin.close()
    process.wait(20)


def test_it_needs_nothing_of_painctl():
    text = Path(driver.__file__).read_text()
    assert "from painctl" not in text
    assert "import painctl" not in text
