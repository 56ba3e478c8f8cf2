"""Times of the frames of a video, which rise even where the file's own do not."""

from __future__ import annotations

_LONGEST = 1e7  # seconds; FFmpeg's times are beyond it where the file states none
_SLOWEST, _FASTEST = 0.001, 1000.0  # frames a second; others are not believed
_LEAST_STEP = 1e-5  # seconds


class Timeline:
    """The time of each frame from what the decoder reports.

    A reported time is used if it is later than the one before. Otherwise the time is one frame's duration after the one
    before, or unknown if the rate cannot be believed.
    """

    def __init__(self, rate: float, has_decoding_times: bool) -> None:
        """`rate` is in frames a second. `has_decoding_times`: whether the file states when frames are decoded, as AVI
        does, not when they are shown: then the first frame's time is the delay of the decoder.
        """
        self._step = 1 / rate if _SLOWEST <= rate <= _FASTEST else None
        self._has_decoding_times = has_decoding_times
        self._start = self._last = 0.0
        self._began = False
        self.reported = self.continued = self.unknown = 0  # numbers of frames after the first

    def time(self, reported: float) -> float | None:
        """Seconds from the start for the next frame; None if unknown."""
        if not self._began:
            self._began = True
            first = reported if 0 <= reported <= _LONGEST else 0.0
            if self._has_decoding_times:
                self._start, first = first, 0.0
            self._last = first
            return first
        if self._last + _LEAST_STEP <= reported - self._start <= _LONGEST:
            self.reported += 1
            if self._has_decoding_times:  # AVI may count fields, or frames that it leaves out
                self._step = reported - self._start - self._last
            self._last = reported - self._start
            return self._last
        if self._step is None:
            self.unknown += 1
            return None
        self.continued += 1
        self._last += self._step
        return self._last
