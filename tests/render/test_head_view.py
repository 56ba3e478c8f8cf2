import numpy as np

from painctl.render.camera import portrait_camera
from painctl.render.head_view import HeadView
from painctl.render.rasterise_opencv import OpenCVRasteriser


def test_regions_and_landmarks_are_where_the_camera_sees_them(head):
    camera = portrait_camera(head.template, 128)
    view = HeadView.of(head.topology, head.template, camera, OpenCVRasteriser())
    assert set(view.regions) == set(head.topology.region_names)
    assert not any(region[~view.head].any() for region in view.regions.values())
    columns, rows = np.rint(view.landmarks - 0.5).astype(int).T
    for landmarks, name in ((slice(17, 27), "brows"), ([51, 57], "lips"), ([30, 33], "nose")):
        assert (view.regions[name][rows[landmarks], columns[landmarks]] > 0.3).all(), name
    scalp = np.nonzero(view.regions["scalp"] > 0.5)[0]
    assert scalp.min() < rows[17:27].min()
    gbuffer = OpenCVRasteriser()(head.template, head.topology.faces, camera)
    np.testing.assert_array_equal(view.head, gbuffer.mask)


def test_only_the_named_regions_are_returned(head):
    camera = portrait_camera(head.template, 64)
    assert set(HeadView.of(head.topology, head.template, camera, OpenCVRasteriser(), ("scalp",)).regions) == {"scalp"}
