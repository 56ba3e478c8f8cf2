from painctl.appearance.hunyuan.licence import LICENCE


def test_the_terms_that_bind_a_user_are_named():
    """Where it may not be used, and what may not be done with what it makes: sections 5b and 5c."""
    assert LICENCE.startswith("Tencent Hunyuan 3D 2.1 Community License")
    assert all(place in LICENCE for place in ("European Union", "United Kingdom", "South Korea"))
    assert "may not be used to improve another AI model" in LICENCE
    assert "\n" not in LICENCE  # it is printed as one line
