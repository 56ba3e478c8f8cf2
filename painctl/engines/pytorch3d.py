"""The rasteriser of PyTorch3D, the paper's own."""

from __future__ import annotations

from painctl.engines.opencv import render_triangle
from painctl.render.rasterise_pytorch3d import PyTorch3DRasteriser


def probe(device: str) -> str:
    """Renders a triangle on a device."""
    render_triangle(PyTorch3DRasteriser(device))
    return "seconds a frame" if device == "cpu" else ""


def build(device: str = "cpu") -> PyTorch3DRasteriser:
    """Raises ImportError if PyTorch3D is not installed, ValueError for a device that torch does not have."""
    return PyTorch3DRasteriser(device)
