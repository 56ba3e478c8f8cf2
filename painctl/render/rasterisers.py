"""The rasterisers by name, each imported when it is chosen."""

from __future__ import annotations

from painctl.render.rasterise import Rasteriser


def rasteriser(name: str, device: str) -> Rasteriser:
    """The engine called `name`, opencv or pytorch3d, on a torch `device`, which for opencv is always cpu.

    Raises ValueError for an unknown name or an unusable device, ImportError if the engine is not installed.
    """
    if name == "opencv":
        from painctl.render.rasterise_opencv import OpenCVRasteriser

        if device != "cpu":
            raise ValueError(
                f"--device {device}: opencv runs on the CPU only; omit --device or add --renderer pytorch3d"
            )
        return OpenCVRasteriser()
    if name == "pytorch3d":
        from painctl.render.rasterise_pytorch3d import PyTorch3DRasteriser

        return PyTorch3DRasteriser(device)
    raise ValueError(f"unknown rasteriser {name!r}; choose opencv or pytorch3d")
