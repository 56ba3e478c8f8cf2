"""What a mesh file refers to: material libraries and pictures in its own folder, never elsewhere."""

from __future__ import annotations

import io
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import numpy as np

from painctl.files.reading import read_bytes
from painctl.images.any_format import decode_any

_MOST_BYTES = 64_000_000
_LONGEST = 255  # bytes of a name
_LIBRARY = ".mtl"


class References:
    """Reads the files that a mesh names, for trimesh, and remembers what is missing or not allowed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._refused: str | None = None
        self._pictures: dict[bytes, np.ndarray] = {}
        self.missing: list[str] = []

    def read(self, name: str) -> bytes:
        """The content of the file of a name relative to the folder.

        Raises OSError, or ValueError for a name that leads out of the folder; `check` raises it again.
        """
        path = self._folder / PurePosixPath(PureWindowsPath(name.strip()).as_posix())
        try:
            if len(name.encode(errors="replace")) > _LONGEST or "\0" in name:
                raise ValueError("a reference in it is not a file name")
            if not path.resolve().is_relative_to(self._folder.resolve()) or PureWindowsPath(name).drive:
                raise ValueError(f"refers to {name!r}, outside its folder; put that file beside it")
            data = read_bytes(path, _MOST_BYTES)
            if path.suffix.lower() != _LIBRARY:
                self._pictures[data] = decode_any(data, str(path))
            return data
        except FileNotFoundError:
            self.missing.append(name)
            raise
        except (OSError, ValueError) as error:
            self._refused = self._refused or str(error)
            raise

    def check(self) -> None:
        """Raises the first error of `read` other than a missing file; trimesh swallows them."""
        if self._refused:
            raise ValueError(self._refused)

    def decoded(self, image: Any) -> np.ndarray:
        """A picture that trimesh opened with Pillow but did not decode: uint8 [H, W, 3]. Raises ValueError."""
        buffer = getattr(image, "fp", None)
        if isinstance(buffer, io.BytesIO):
            data = buffer.getvalue()
            if data not in self._pictures:
                self._pictures[data] = decode_any(data, "its picture")
            return self._pictures[data]
        return np.asarray(image.convert("RGB"))

    def resolver(self) -> Any:
        """This object as trimesh takes it."""
        from trimesh.resolvers import Resolver

        read = self.read

        class InFolder(Resolver):
            def __init__(self) -> None:
                pass

            def get(self, key: str) -> bytes:
                return read(key)

            def write(self, name: str, data: bytes) -> None:
                raise OSError(f"{name}: a mesh is only read")

            def namespaced(self, namespace: str) -> Any:
                return self

            def keys(self) -> list[str]:
                return []

        return InFolder()
