from dataclasses import replace

import cv2
import numpy as np
import pytest

from painctl.appearance.procedural import procedural
from painctl.appearance.relief import static_wrinkles
from painctl.appearance.skin import _moles, _spots
from painctl.face.demographics import assign, load_demographics
from painctl.face.identity import draw_identity
from painctl.runs.draws import draws


def changed(a, b):
    """Where two pictures differ, bool [T, T]."""
    return (a.albedo.astype(int) != b.albedo).any(2)


def test_the_same_person_has_the_same_bytes(head, paint, person):
    again = procedural(person, head.topology, head.neutral(person.coefficients), 256)
    for name in ("albedo", "normal", "roughness"):
        np.testing.assert_array_equal(getattr(paint(person), name), getattr(again, name))


def test_the_iris_colour_changes_the_eyes_and_nothing_else(paint, person, region, space_of):
    differs = changed(paint(person), paint(replace(person, iris=np.array((0.1, 0.2, 0.3), np.float32))))
    covered = np.zeros(differs.size, bool)
    covered[space_of(person).texels.covered] = True
    assert differs[region("eyes")].any()
    assert not differs[covered.reshape(differs.shape) & ~region("eyes")].any()


def test_the_hair_colour_changes_brows_and_scalp_and_not_the_skin(paint, person, region):
    woman = replace(person, gender="woman")  # a man's beard is on his cheeks
    differs = changed(paint(woman), paint(replace(woman, hair=np.array((0.3, 0.2, 0.1), np.float32))))
    for name in ("brows", "scalp"):
        assert differs[region(name)].mean() > 0.5
    for name in ("lips", "nose", "eyes", "cheeks"):
        assert not differs[region(name)].any()


@pytest.mark.parametrize(("low", "high"), [(0.02, 0.05), (0.05, 0.15), (0.15, 0.35)])
def test_melanin_darkens_the_face_and_not_the_eyes(paint, person, region, low, high):
    light, dark = (paint(replace(person, melanin=m)).albedo.astype(int) for m in (low, high))
    assert light[region("forehead")].mean() > dark[region("forehead")].mean() + 8
    np.testing.assert_array_equal(light[region("eyes")], dark[region("eyes")])


def test_blood_reddens_the_face_and_not_the_eyes(paint, person, region):
    pale, flushed = (paint(replace(person, haemoglobin=h)).albedo.astype(int) for h in (0.004, 0.012))
    for name in ("cheeks", "nose", "forehead"):
        ratio = [picture[region(name)][:, 0].mean() / picture[region(name)][:, 1].mean() for picture in (pale, flushed)]
        assert ratio[1] > 1.02 * ratio[0]
    np.testing.assert_array_equal(pale[region("eyes")], flushed[region("eyes")])


def test_clothing_and_the_shape_of_hair_do_not_change_the_maps(paint, person):
    """Cloth, garment, length and curl of hair are geometry."""
    other = replace(person, garment="turtleneck", cloth=np.ones(3, np.float32), hair_length=0.2, hair_curl=1.0)
    for name in ("albedo", "normal", "roughness"):
        np.testing.assert_array_equal(getattr(paint(person), name), getattr(paint(other), name))


def test_lips_are_redder_than_the_chin(paint, person, region):
    albedo = paint(person).albedo.astype(float)
    redness = {name: albedo[region(name)][:, 0].mean() / albedo[region(name)][:, 1].mean() for name in ("lips", "chin")}
    assert redness["lips"] > 1.1 * redness["chin"]


def test_skin_is_within_the_gamut_of_skin(paint, person, region):
    for melanin in (0.013, 0.1, 0.4):
        albedo = paint(replace(person, melanin=melanin)).albedo[region("cheeks")].astype(int)
        red, green, blue = albedo.reshape(-1, 3).T
        assert (red > green).mean() > 0.99
        assert (green >= blue).mean() > 0.95


def test_normals_are_unit_and_face_outwards(paint, person):
    normal = paint(person).normal.astype(float) / 127.5 - 1
    np.testing.assert_allclose(np.linalg.norm(normal, axis=2), 1, atol=0.02)
    assert normal[..., 2].min() > 0.5


def test_age_deepens_the_relief(paint, person, region):
    def slope(years):
        normal = paint(replace(person, age=years), 512).normal[::2, ::2].astype(float) / 127.5 - 1
        return np.hypot(normal[..., 0], normal[..., 1])[region("forehead")].mean()

    assert slope(80.0) > 1.3 * slope(25.0)


def test_eyes_are_glossy_and_skin_is_not(paint, person, region):
    rough = paint(person).roughness
    assert rough[region("eyes")].max() < 60
    assert rough[region("cheeks")].min() > 80
    assert rough[region("nose")].mean() < rough[region("cheeks")].mean()


def test_only_men_have_stubble(paint, person, region):
    jaw = region("chin")
    for seed in range(4):
        man = paint(replace(person, seed=seed)).albedo[jaw].mean()
        woman = paint(replace(person, seed=seed, gender="woman")).albedo[jaw].mean()
        assert man <= woman


def test_each_purpose_has_separate_draws(person, space_of):
    space = space_of(person)
    assert space.draws("skin").random() == draws(person.seed, person.identity, "appearance/skin").random()
    assert space.draws("skin").random() != space.draws("eyes").random()


def lab(picture):
    """CIELAB [N, 3] of sRGB texels uint8 [N, 3]."""
    return cv2.cvtColor(picture[None].astype(np.float32) / 255, cv2.COLOR_RGB2Lab)[0]


@pytest.mark.parametrize(
    ("melanin", "lightness", "yellowness"),
    [(0.02, (58, 74), (10, 19)), (0.12, (44, 62), (14, 22)), (0.3, (28, 45), (11, 20))],
)
def test_a_face_has_the_colour_of_measured_faces(paint, person, region, melanin, lightness, yellowness):
    """CIELAB means of cheek and forehead. Light and brown skin after Xiao et al., Skin Res Technol 2017, with a margin
    for individuals; dark skin, and that cheeks are redder than foreheads, by choice.
    """
    albedo = paint(replace(person, melanin=melanin, gender="woman")).albedo
    forehead, cheek = (lab(albedo[region(name)]).mean(0) for name in ("forehead", "cheeks"))
    for light, red, yellow in (forehead, cheek):
        assert lightness[0] < light < lightness[1]
        assert 4 < red < 19
        assert yellowness[0] < yellow < yellowness[1]
    assert cheek[1] > forehead[1]


def test_lips_are_redder_and_darker_than_cheeks_without_lipstick(paint, person, region):
    for melanin in (0.02, 0.1, 0.25):
        albedo = paint(replace(person, melanin=melanin)).albedo
        lips, cheeks = (lab(albedo[region(name)]).mean(0) for name in ("lips", "cheeks"))
        assert 1 < lips[1] - cheeks[1] < 16
        assert lips[0] < cheeks[0]


def hairs(paint, person, region, **changes):
    """Coverage of the brows by hair: mean change of the albedo from white to black hair."""
    white, black = (
        paint(replace(person, hair=np.full(3, value, np.float32), **changes), 512).albedo.astype(float)
        for value in (0.9, 0.0)
    )
    return np.abs(white - black)[..., 0][np.kron(region("brows"), np.ones((2, 2), bool))].mean()


def test_men_s_brows_are_denser_and_skin_shows_between_hairs(paint, person, region):
    coverage = [
        np.mean([hairs(paint, person, region, seed=seed, gender=gender) for seed in range(3)])
        for gender in ("man", "woman")
    ]
    assert 1.2 * coverage[1] < coverage[0] < 200


def test_grey_brows_are_not_bluer_than_grey(paint, person, region):
    grey = replace(person, hair=np.array((0.19, 0.175, 0.16), np.float32), melanin=0.2, age=75.0)
    red, _, blue = paint(grey).albedo[region("brows")].mean(0)
    assert blue < red


def test_a_shaven_beard_is_less_yellow_than_the_cheek(paint, person, region):
    man, woman = (paint(replace(person, gender=gender, melanin=0.02)).albedo for gender in ("man", "woman"))
    assert lab(man[region("chin")])[:, 2].mean() < lab(woman[region("chin")])[:, 2].mean()


def test_static_wrinkles_deepen_with_age_on_forehead_face_and_neck(space_of, person):
    young, aging, old = (space_of(replace(person, age=age)) for age in (25.0, 55.0, 80.0))
    heights = [static_wrinkles(space) for space in (young, aging, old)]
    assert not heights[0].any()
    assert 1.3 * -heights[1].min() < -heights[2].min() < 1e-3
    for name in ("forehead", "neck", "face"):
        assert heights[2][old.regions[name] > 0.9].min() < -1e-4
    for name in ("eyes", "lips", "scalp"):
        assert not heights[2][old.regions[name] > 0.99].any()


@pytest.mark.parametrize(
    ("field", "value", "maps"),
    [
        ("hair", np.array((0.3, 0.2, 0.1), np.float32), {"albedo"}),
        ("iris", np.array((0.1, 0.2, 0.3), np.float32), {"albedo"}),
        ("melanin", 0.2, {"albedo"}),
        ("haemoglobin", 0.011, {"albedo"}),
        ("age", 75.0, {"albedo", "normal", "roughness"}),
        ("seed", 99, {"albedo", "normal", "roughness"}),
        ("haircut", "bald", {"albedo", "roughness"}),
        ("gender", "woman", {"albedo"}),
        ("age_group", "elderly", set()),
        ("name", "another", set()),
        ("prompt", "another", set()),
        ("garment", "v-neck", set()),
        ("cloth", np.zeros(3, np.float32), set()),
        ("hair_length", 0.3, set()),
        ("hair_curl", 1.0, set()),
    ],
)
def test_a_parameter_changes_its_maps_and_no_other(paint, person, field, value, maps):
    before, after = paint(replace(person, haircut="crop")), paint(replace(person, **{"haircut": "crop", field: value}))
    names = ("albedo", "normal", "roughness")
    assert {name for name in names if (getattr(before, name) != getattr(after, name)).any()} == maps


def test_every_texel_of_every_group_s_skin_is_within_the_gamut_of_skin(head, space_of):
    """CIELAB of bare skin of 24 people, pores, freckles, spots and wrinkles included."""
    groups = assign(load_demographics("balanced"), 24, 9)
    for number, group in enumerate(groups):
        person = replace(draw_identity(head, 9, number, *group), haircut="bald", gender="woman")
        space = space_of(person, 128)
        bare = (space.regions["face"] > 0.9) & (space.regions["brows"] + space.regions["lids"] < 0.02)
        albedo = procedural(person, head.topology, space.vertices, 128).albedo
        light, red, yellow = lab(space.texels.gather(albedo)[bare]).T
        assert 8 < light.min() < light.max() < 88
        assert -1 < red.min() < red.max() < 36
        assert 0 < yellow.min() < yellow.max() < 34


def test_light_skin_has_freckles_and_old_skin_spots(space_of, person):
    def share(**changes):
        spaces = [space_of(replace(person, seed=seed, **changes), 512) for seed in range(6)]
        return np.mean([(_spots(space)[space.regions["cheeks"] > 0.9] > 0.2).mean() for space in spaces])

    assert share(melanin=0.015) > 3 * share(melanin=0.2) > 0
    assert share(melanin=0.2, age=80.0) > 1.5 * share(melanin=0.2)


def test_a_person_has_the_same_moles_at_every_size(space_of, person):
    def moles(size):
        space = space_of(person, size)
        return space.points[np.argmax(_moles(space))]

    assert np.linalg.norm(moles(512) - moles(1024)) < 0.002
