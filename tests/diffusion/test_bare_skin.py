import numpy as np

from painctl.diffusion.bare_skin import bare_skin


def test_the_bare_face_is_detected_and_most_hair_is_excluded(rendered_portraits):
    missed = hair = 0
    for picture, mask, view in rendered_portraits:
        bare = bare_skin(picture, view)
        face = view.regions["face"] > 0.5
        skin = view.head & face & (mask == 255)
        assert (~bare & skin).sum() < 0.05 * skin.sum()
        assert not (bare & ~view.head).any()
        forehead = np.arange(len(mask))[:, None] < view.landmarks[17:27, 1].min() - 3  # lashes count as bare skin
        worn = view.head & face & (mask == 128) & forehead
        missed, hair = missed + (bare & worn).sum(), hair + worn.sum()
    assert hair > 200
    assert missed < 0.3 * hair


def test_brows_eyes_and_lips_count_as_bare_and_the_scalp_does_not(rendered_portraits):
    for picture, _, view in rendered_portraits:
        bare = bare_skin(picture, view)
        columns, rows = np.rint(view.landmarks[27:68].mean(axis=0)).astype(int)
        assert bare[rows, columns]
        for landmark in (37, 44, 62, 66):  # lids and lips
            column, row = np.rint(view.landmarks[landmark]).astype(int)
            assert bare[row, column]
        assert not bare[view.regions["scalp"] > 0.6].any()


def test_the_same_picture_gives_the_same_mask(rendered_portraits):
    picture, _, view = rendered_portraits[0]
    np.testing.assert_array_equal(bare_skin(picture, view), bare_skin(picture, view))


def test_in_noise_the_area_between_brows_and_mouth_counts_as_bare(rendered_portraits, noise):
    _, _, view = rendered_portraits[0]
    bare = bare_skin(noise(256), view)
    column, row = np.rint(view.landmarks[30]).astype(int)
    assert bare[row, column]
