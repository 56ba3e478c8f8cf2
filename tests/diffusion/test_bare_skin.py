import numpy as np

from painctl.diffusion.bare_skin import bare_skin


def test_the_bare_face_is_found_and_most_hair_is_not_taken_for_it(sittings):
    missed = hair = 0
    for picture, mask, view in sittings:
        found = bare_skin(picture, view)
        face = view.regions["face"] > 0.5
        skin = view.head & face & (mask == 255)
        assert (~found & skin).sum() < 0.05 * skin.sum()
        assert not (found & ~view.head).any()
        forehead = np.arange(len(mask))[:, None] < view.landmarks[17:27, 1].min() - 3  # lashes are bare skin here
        worn = view.head & face & (mask == 128) & forehead
        missed, hair = missed + (found & worn).sum(), hair + worn.sum()
    assert hair > 200
    assert missed < 0.3 * hair


def test_brows_eyes_and_lips_are_of_the_face_and_the_scalp_is_not(sittings):
    for picture, _, view in sittings:
        found = bare_skin(picture, view)
        columns, rows = np.rint(view.landmarks[27:68].mean(axis=0)).astype(int)
        assert found[rows, columns]
        for mark in (37, 44, 62, 66):  # lids and lips
            column, row = np.rint(view.landmarks[mark]).astype(int)
            assert found[row, column]
        assert not found[view.regions["scalp"] > 0.6].any()


def test_the_same_picture_gives_the_same_mask(sittings):
    picture, _, view = sittings[0]
    np.testing.assert_array_equal(bare_skin(picture, view), bare_skin(picture, view))


def test_a_picture_of_nothing_is_bare_between_brows_and_mouth(sittings, noise):
    _, _, view = sittings[0]
    found = bare_skin(noise(256), view)
    column, row = np.rint(view.landmarks[30]).astype(int)
    assert found[row, column]
