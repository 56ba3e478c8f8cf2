import numpy as np
import pytest

from painctl.render.photography import (
    CLEAN,
    EFFECTS,
    PARAMETERS,
    SHARES,
    VARIED,
    draw_photography,
    named,
    parse_effects,
)

FIRST = {"dark": "gain", "grey": "grey_red", "small": "pixels", "jpeg": "quality"}  # else that of the effect's name


@pytest.fixture(scope="module")
def varied():
    """The effects of two thousand pictures, [2000, 16]."""
    return np.stack([draw_photography(7, person, "view/1/0/camera", (VARIED,)) for person in range(2000)])


def has(effect, rows):
    return rows[..., PARAMETERS.index(FIRST.get(effect, effect))] != 0


def test_each_effect_has_its_share_of_the_varied_pictures(varied):
    for effect, share in SHARES.items():
        assert has(effect, varied).mean() == pytest.approx(share, abs=0.03), effect
    assert 0.1 < (~varied.any(axis=1)).mean() < 0.25
    assert varied.dtype == np.float32


def test_one_effect_at_most_rules_the_light(varied):
    assert sum(has(effect, varied).astype(int) for effect in ("flash", "side", "backlight")).max() == 1


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_alone_is_the_same_as_among_others(varied, effect):
    rows = np.flatnonzero(has(effect, varied))[:20]
    alone = np.stack([draw_photography(7, row, "view/1/0/camera", (effect,)) for row in rows.tolist()])
    assert has(effect, alone).all()
    changed = alone.any(axis=0)
    np.testing.assert_array_equal(alone[:, changed], varied[rows][:, changed])
    assert not any(has(other, alone).any() for other in EFFECTS if other != effect)


def test_casts_go_both_ways(varied):
    for name in ("cast", "tint"):
        values = varied[has("cast", varied)][:, PARAMETERS.index(name)]
        assert 0.35 < (values > 0).mean() < 0.65


def test_a_choice_is_clean_varied_or_a_list():
    assert parse_effects(CLEAN) == ()
    assert parse_effects(VARIED) == (VARIED,)
    assert parse_effects("flash,grey") == ("flash", "grey")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sepia", "unknown effect 'sepia'; expected clean, varied, or a list of flash, side"),
        ("", "unknown effect ''"),
        ("varied,grey", "unknown effect 'varied'"),
        ("side,grey,flash", "side and flash both rule the light; leave one out"),
    ],
)
def test_anything_else_is_named(text, message):
    with pytest.raises(ValueError, match=message):
        parse_effects(text)


def test_a_shard_without_the_column_reads_as_clean():
    assert not any(named(np.zeros(0, np.float32)).values())
    assert not any(named(None).values())
