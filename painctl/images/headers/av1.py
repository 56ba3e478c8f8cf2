"""The largest frame of an AV1 bitstream: open bitstream units (OBU) and the sequence header (AV1, 5.3 and 5.5)."""

from __future__ import annotations

_SEQUENCE_HEADER = 1
_DAMAGED = "not a readable picture: truncated or damaged"


def largest_frame(stream: bytes) -> tuple[int, int]:
    """(width, height) of the largest frame that the sequence headers allow; (0, 0) without one.

    Raises ValueError for a stream that is cut off.
    """
    sizes, place = [(0, 0)], 0
    while place < len(stream):
        header = stream[place]
        place += 2 if header & 4 else 1  # an extension
        length = len(stream) - place
        if header & 2:
            length, place = _leb128(stream, place)
        if place + length > len(stream):
            raise ValueError(_DAMAGED)
        if header >> 3 & 15 == _SEQUENCE_HEADER:
            sizes.append(_sequence_size(_Bits(stream[place : place + length])))
        place += length
    return max(sizes, key=lambda size: size[0] * size[1])


def _leb128(stream: bytes, place: int) -> tuple[int, int]:
    """A number of up to eight bytes of seven bits, and the place after it."""
    value = 0
    for byte in range(8):
        if place >= len(stream):
            break
        value |= (stream[place] & 0x7F) << 7 * byte
        place += 1
        if not stream[place - 1] & 0x80:
            return value, place
    raise ValueError(_DAMAGED)


def _sequence_size(bits: _Bits) -> tuple[int, int]:
    bits.read(3 + 1)  # profile, still picture
    if bits.read(1):  # reduced header
        bits.read(5)
    else:
        _skip_operating_points(bits)
    width_bits, height_bits = bits.read(4) + 1, bits.read(4) + 1
    return bits.read(width_bits) + 1, bits.read(height_bits) + 1


def _skip_operating_points(bits: _Bits) -> None:
    delay_bits = 0
    if bits.read(1):  # timing
        bits.read(32 + 32)
        if bits.read(1):  # equal intervals: an unsigned number of variable length
            zeros = 0
            while not bits.read(1):
                zeros += 1
            bits.read(zeros if zeros < 32 else 0)
        if bits.read(1):  # decoder model
            delay_bits = bits.read(5) + 1
            bits.read(32 + 5 + 5)
    has_display_delay = bits.read(1)
    for _ in range(bits.read(5) + 1):
        bits.read(12)
        if bits.read(5) > 7:  # level; higher ones have a tier
            bits.read(1)
        if delay_bits and bits.read(1):
            bits.read(2 * delay_bits + 1)
        if has_display_delay and bits.read(1):
            bits.read(4)


class _Bits:
    def __init__(self, data: bytes) -> None:
        self._value, self._left = int.from_bytes(data[:256], "big"), 8 * len(data[:256])

    def read(self, count: int) -> int:
        """The next `count` bits as a number."""
        if count > self._left:
            raise ValueError(_DAMAGED)
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)
