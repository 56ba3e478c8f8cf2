import numpy as np

from painctl.render.camera import portrait_camera
from painctl.render.head_view import HeadView
from painctl.render.rasterise import rasteriser


def test_regions_and_landmarks_lie_where_the_camera_sees_them(head):
    camera = portrait_camera(head.template, 128)
    view = HeadView.of(head.topology, head.template, camera, rasteriser("opencv"))
    assert set(view.regions) == set(head.topology.region_names)
    assert not any(region[~view.head].any() for region in view.regions.values())
    columns, rows = np.rint(view.landmarks - 0.5).astype(int).T
    for marks, name in ((slice(17, 27), "brows"), ([51, 57], "lips"), ([30, 33], "nose")):
        assert (view.regions[name][rows[marks], columns[marks]] > 0.3).all(), name
    scalp = np.nonzero(view.regions["scalp"] > 0.5)[0]
    assert scalp.min() < rows[17:27].min()
    seen = rasteriser("opencv")(head.template, head.topology.faces, camera)
    np.testing.assert_array_equal(view.head, seen.mask)


def test_only_what_is_asked_for(head):
    camera = portrait_camera(head.template, 64)
    assert set(HeadView.of(head.topology, head.template, camera, rasteriser("opencv"), ("scalp",)).regions) == {"scalp"}
