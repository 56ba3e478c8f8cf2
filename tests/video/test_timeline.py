import numpy as np
import pytest

from painctl.video.timeline import Timeline


def times(reported, rate=25.0, decoding=False):
    timeline = Timeline(rate, decoding)
    return [timeline.time(seconds) for seconds in reported], timeline


def test_reported_times_that_rise_are_kept():
    stated = [0.0, 0.04, 0.2, 0.21, 5.0]
    assert times(stated)[0] == stated
    assert times([0.5, 0.54])[0] == [0.5, 0.54]  # the first frames were not decodable


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        ([0.0, 0.0, 0.0], [0.0, 0.04, 0.08]),
        ([0.0, 0.04, 0.0, 0.12], [0.0, 0.04, 0.08, 0.12]),
        ([0.0, 0.04, 0.04, 0.12], [0.0, 0.04, 0.08, 0.12]),
        ([-0.08, -0.04, 0.0, 0.04], [0.0, 0.04, 0.08, 0.12]),
        ([-1e14, 1e14, np.nan, -np.inf], [0.0, 0.04, 0.08, 0.12]),
    ],
)
def test_other_times_are_counted_at_the_frame_rate(reported, expected):
    np.testing.assert_allclose(times(reported)[0], expected)


def test_decoding_times_start_with_the_delay_and_end_without_times():
    np.testing.assert_allclose(times([0.08, 0.12, 0.16, 0.0, 0.0], decoding=True)[0], np.arange(5) / 25)
    fields = times([0.08, 0.12, 0.16, 0.0], rate=50, decoding=True)[0]
    np.testing.assert_allclose(fields, np.arange(4) / 25)


@pytest.mark.parametrize("rate", [0.0, -1.0, 4e9, 1e-9, np.nan, np.inf])
def test_without_a_possible_rate_times_are_unknown(rate):
    made, timeline = times([0.0, 1e-9, 0.0, 2.0], rate)
    assert made == [0.0, None, None, 2.0]
    assert (timeline.reported, timeline.continued, timeline.unknown) == (1, 0, 2)
