"""PyTorch3D as the rasteriser, which the paper uses, on the CPU or a CUDA GPU."""

from __future__ import annotations

import numpy as np

from painctl.records import Camera
from painctl.render.rasterise import BACKGROUND, Rasteriser, triangles_in_view


class PyTorch3DRasteriser(Rasteriser):
    """pytorch3d.renderer.mesh.rasterize_meshes on a torch device.

    Raises ImportError if PyTorch3D is not installed, ValueError for a device that torch cannot use.
    """

    def __init__(self, device: str) -> None:
        try:
            from pytorch3d.renderer.mesh import rasterize_meshes
            from pytorch3d.structures import Meshes
        except ImportError as error:
            raise ImportError(f"--renderer pytorch3d: {error}; pip install 'painctl[pytorch3d]'") from None
        self._rasterise, self._meshes = rasterize_meshes, Meshes
        self._device = _usable(device)

    def visible_faces(self, vertices: np.ndarray, faces: np.ndarray, camera: Camera) -> np.ndarray:
        import torch

        triangles, of_face = triangles_in_view(vertices, faces, camera)
        if not len(triangles):
            return np.full((camera.size, camera.size), BACKGROUND, np.int32)
        depth = triangles[..., 2:]
        corners = np.concatenate([-triangles[..., :2] / depth, depth], axis=-1).reshape(-1, 3)  # x left, y up
        mesh = self._meshes(
            torch.from_numpy(corners.astype(np.float32))[None].to(self._device),
            torch.arange(len(corners), device=self._device).reshape(1, -1, 3),
        )
        # bins that hold every triangle: a full bin would drop some, and print a warning on stdout
        fragments, *_ = self._rasterise(mesh, camera.size, perspective_correct=True, max_faces_per_bin=len(triangles))
        nearest = fragments[0, ..., 0].cpu().numpy()
        return np.where(nearest >= 0, of_face[nearest], BACKGROUND).astype(np.int32)


def _usable(device: str) -> str:
    """The device, if a tensor can be allocated there."""
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:  # torch without CUDA asserts
        reason = str(error).splitlines()[0]
        raise ValueError(f"--device {device}: {reason}; omit --device for the CPU") from None
    return device
