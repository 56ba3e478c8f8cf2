import sys

import pytest
from painctl.render.rasterisers import rasteriser

from painctl.render.rasterise_opencv import OpenCVRasteriser


def test_opencv_is_the_open_engine():
    assert isinstance(rasteriser("opencv", "cpu"), OpenCVRasteriser)


def test_an_unknown_engine_is_rejected():
    with pytest.raises(ValueError, match="unknown rasteriser 'crayon'; choose opencv or pytorch3d"):
        rasteriser("crayon", "cpu")


def test_an_unknown_device_is_rejected():
    pytest.importorskip("pytorch3d", reason="needs the pytorch3d extra")
    with pytest.raises(ValueError, match=r"--device abacus: .*omit --device for the CPU"):
        rasteriser("pytorch3d", "abacus")


def test_opencv_runs_on_the_cpu_only():
    with pytest.raises(ValueError, match="--device cuda: opencv runs on the CPU only"):
        rasteriser("opencv", "cuda")


def test_without_the_extra_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch3d.renderer.mesh", None)
    with pytest.raises(ImportError, match=r"--renderer pytorch3d: .*pip install 'painctl\[pytorch3d\]'"):
        rasteriser("pytorch3d", "cpu")
