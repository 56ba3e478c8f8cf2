"""What a picture file claims, and the limits on claims: a small file can decode to more than memory holds."""

from __future__ import annotations

from dataclasses import dataclass

MOST_PIXELS = 100_000_000  # larger pictures are not decoded
MOST_BYTES = 1_000_000_000  # of the pixels while they are decoded
_PLAUSIBLE = 16_000_000  # pixels that a file of any size may hold
_DENSEST = 1_000  # pixels per byte of a larger picture; photographs have fewer than 100


@dataclass(frozen=True)
class Claim:
    """The size of a picture as its header states it."""

    width: int  # pixels, as stored
    height: int
    pixel_bytes: int  # of memory that its decoder takes per pixel
    pictures: int = 1  # in the file
    buffer: int = 0  # pixels that its decoder holds besides the picture: a tile
    quarter_turns: int = 0  # to the left, which OpenCV does not apply
    mirrored: str = ""  # after turning: "", "rows" for top to bottom, "columns" for left to right

    def check(self, file_bytes: int) -> None:
        """Raises ValueError for several pictures, no pixels, too many, or more than a file of this size holds."""
        if self.pictures > 1:
            raise ValueError(f"holds {self.pictures:,} pictures; save the one you want as a file of its own")
        if self.width < 1 or self.height < 1:
            raise ValueError("not a readable picture: it has no pixels")
        pixels, size = self.width * self.height, f"{self.width} x {self.height} pixels"
        if pixels > MOST_PIXELS:
            raise ValueError(f"{size}; the limit is {MOST_PIXELS // 1_000_000} million")
        needed = max(pixels, self.buffer)
        if needed * self.pixel_bytes > MOST_BYTES:
            raise ValueError(f"{size} of {self.pixel_bytes} bytes; the limit is {MOST_BYTES // 1_000_000:,} MB")
        if needed > max(_PLAUSIBLE, _DENSEST * file_bytes):
            raise ValueError(f"not a readable picture: its {file_bytes:,} bytes claim {needed:,} pixels")
