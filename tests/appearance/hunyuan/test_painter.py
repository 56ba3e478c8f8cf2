"""The process that paints: what is told of each thing that can go wrong, and what is left of it."""

import os
import time

import cv2
import numpy as np
import pytest

from painctl.appearance.hunyuan.checkout import Checkout, find_checkout
from painctl.appearance.hunyuan.painter import Painter, PaintError, Unusable

OBJ = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"


@pytest.fixture
def png():
    return cv2.imencode(".png", np.zeros((8, 8, 4), np.uint8))[1].tobytes()


@pytest.fixture
def painter(standin, tmp_path, monkeypatch):
    """A Painter of the stand-in, whose temporary folder is in `tmp_path`; its lines are in `said`."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = []
    with Painter(find_checkout(standin.top), time_limit=20, say=said.append) as painter:
        painter.said = said
        yield painter


def alive(pid):
    """Whether a process runs; one that only waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until_gone(pids):
    for _ in range(100):
        if not any(map(alive, pids)):
            return True
        time.sleep(0.05)
    return False


def test_one_process_paints_everybody_and_is_gone_with_its_files(standin, tmp_path, png, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Painter(find_checkout(standin.top), time_limit=20) as painter:
        for _ in range(3):
            painted = painter.paint(OBJ, png)
            assert painted.colour.shape == (32, 32, 3)
            assert len(painted.mesh.faces) == 1
        assert alive(standin.pids[0])
    assert [line.split()[0] for line in standin.log if line[0] in "lp"] == ["loaded", *["painting"] * 3]
    assert not any(map(alive, standin.pids))
    assert not list(tmp_path.iterdir())


def test_it_is_loaded_as_asked_and_offline_unless_it_may_download(standin, painter, png):
    painter.paint(OBJ, png)
    with Painter(find_checkout(standin.top), 20, allow_download=True) as other:
        other.paint(OBJ, png)
    assert [line for line in standin.log if line[0] == "l"] == ["loaded 6 512 1", "loaded 6 512 None"]
    assert painter.said[0].startswith("loading Hunyuan3D-Paint from ")
    assert painter.said[1] == "loaded in 0 s" or painter.said[1].startswith("loaded in ")


def test_nothing_is_loaded_to_see_whether_all_is_there(standin, painter):
    painter.check()
    assert standin.log == []


@pytest.mark.parametrize(
    ("piece", "reason"),
    [
        ("custom_rasterizer_kernel.py", "its rasteriser is not built: in hy3dpaint/custom_rasterizer, .* pip install"),
        ("custom_rasterizer/__init__.py", "no rasterize in custom_rasterizer"),
        ("DifferentiableRenderer/mesh_inpaint_processor.py", r"bash compile_mesh_painter\.sh"),
        ("bpy.py", "no bpy .*pip install bpy==4.0"),
        ("ckpt/RealESRGAN_x4plus.pth", r"no weights in hy3dpaint/ckpt/RealESRGAN_x4plus\.pth"),
        ("hub/tencent/Hunyuan3D-2.1", r"weights of tencent/Hunyuan3D-2\.1 are not .*--allow-download"),
        ("hub/facebook/dinov2-giant", "weights of facebook/dinov2-giant are not"),
        ("cfgs/hunyuan-paint-pbr.yaml", r"no hy3dpaint/cfgs/hunyuan-paint-pbr\.yaml in the checkout; clone"),
    ],
)
def test_a_missing_piece_ends_all_and_is_named(standin, painter, png, piece, reason):
    gone = standin.folder / piece
    gone.rmdir() if gone.is_dir() else gone.unlink()
    with pytest.raises(Unusable, match=reason):
        painter.paint(OBJ, png)


def test_a_machine_without_a_gpu_is_told(standin, painter, png):
    (standin.folder / "torch.py").write_text("class cuda:\n    is_available = lambda: False\n")
    with pytest.raises(Unusable, match="torch sees no CUDA GPU"):
        painter.paint(OBJ, png)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("memory", "out of memory.* about 21 GB of GPU memory"),
        ("error", "ValueError: the brush broke"),
        ("crash", "was killed by SIGKILL; the machine may be short of memory, while it was loaded"),
        ("exit", "ended with exit code 7 after saying: the canvas tore, while it was loaded"),
    ],
)
def test_what_cannot_be_loaded_ends_all(standin, painter, png, how, reason):
    standin.behave(load=how)
    with pytest.raises(Unusable, match=reason):
        painter.paint(OBJ, png)


def test_loading_has_a_time_limit(standin, png):
    standin.behave(load="hang")
    with (
        Painter(find_checkout(standin.top), time_limit=2) as painter,
        pytest.raises(Unusable, match=r"within 2 s.*--time"),
    ):
        painter.paint(OBJ, png)
    assert until_gone(standin.pids)


@pytest.mark.parametrize(
    ("how", "reason", "starts"),
    [
        ("memory", "out of memory.* about 21 GB of GPU memory", 1),
        ("error", "ValueError: the brush broke", 1),
        ("crash", "was killed by SIGKILL; the machine may be short of memory$", 2),
        ("exit", "ended with exit code 7 after saying: the canvas tore$", 2),
    ],
)
def test_who_cannot_be_painted_does_not_stop_the_next(standin, painter, png, how, reason, starts):
    standin.behave(**{"1": how})
    painter.paint(OBJ, png)
    with pytest.raises(PaintError, match=reason):
        painter.paint(OBJ, png)
    painter.paint(OBJ, png)
    assert len([line for line in standin.log if line[0] == "l"]) == starts


def test_a_person_has_a_time_limit_and_what_hangs_is_ended_with_what_it_started(standin, png):
    standin.behave(**{"1": "hang"})
    with Painter(find_checkout(standin.top), time_limit=4) as painter:
        painter.paint(OBJ, png)
        with pytest.raises(PaintError, match="not painted within 4 s; a longer --time-limit waits"):
            painter.paint(OBJ, png)
        assert len(standin.pids) == 2  # the stand-in and its helper
        assert until_gone(standin.pids)
        painter.paint(OBJ, png)


def test_too_little_memory_for_the_first_is_too_little_for_all(standin, painter, png):
    standin.behave(**{"0": "memory"})
    with pytest.raises(Unusable, match="about 21 GB"):
        painter.paint(OBJ, png)


def test_a_process_that_died_between_two_people_is_nobody_s_fault(standin, painter, png):
    painter.paint(OBJ, png)
    os.kill(standin.pids[0], 9)
    while not painter._child.has_died():
        time.sleep(0.01)
    painter.paint(OBJ, png)
    assert len(standin.pids) == 2


def test_what_is_no_python_is_told(standin, tmp_path):
    (tmp_path / "python").write_text("not a program")
    (tmp_path / "python").chmod(0o755)
    with (
        Painter(Checkout(standin.folder, tmp_path / "python")) as painter,
        pytest.raises(Unusable, match="--hunyuan-py"),
    ):
        painter.check()


def test_our_own_packages_are_not_given_to_the_other_python(standin, painter, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/ours")
    (standin.folder / "bpy.py").write_text("import os\nraise ImportError(f\"path {os.environ.get('PYTHONPATH')}\")\n")
    with pytest.raises(Unusable, match="path None"):
        painter.check()
