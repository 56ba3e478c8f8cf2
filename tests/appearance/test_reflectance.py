import numpy as np
import pytest

from painctl.appearance.reflectance import reflectance, skin_colour

MELANIN = np.geomspace(0.013, 0.43, 12)


def test_more_melanin_is_darker_at_every_wavelength():
    assert (np.diff(reflectance(MELANIN, 0.006), axis=0) < 0).all()
    assert (np.diff(skin_colour(MELANIN, np.full(12, 0.006)), axis=0) < 0).all()


def test_more_blood_is_redder():
    colour = skin_colour(np.full(8, 0.03), np.geomspace(0.002, 0.05, 8))
    assert (np.diff(colour[:, 0] / colour[:, 1]) > 0).all()


def test_blood_absorbs_where_haemoglobin_does():
    pale, flushed = reflectance(0.02, 0.003), reflectance(0.02, 0.02)
    loss = flushed / pale
    assert loss[7:10].max() < 0.85  # 540 to 580 nm
    assert loss[12:].min() > 0.9  # 640 nm and beyond


@pytest.mark.parametrize(("melanin", "low", "high"), [(0.013, 0.28, 0.50), (0.13, 0.10, 0.30), (0.43, 0.02, 0.12)])
def test_luminance_is_that_of_measured_skin(melanin, low, high):
    """CIE Y of light and moderate skin (L* 65 and 50: Xiao et al., Skin Res Technol 2017), and of dark, by choice."""
    luminance = float(skin_colour(np.array(melanin), np.array(0.006)) @ (0.2126, 0.7152, 0.0722))
    assert low < luminance < high


def test_the_table_agrees_with_its_spectra():
    from painctl.appearance.reflectance import _D65, _WAVELENGTH, _XYZ_TO_RGB, _colour_matching

    matching = _D65[:, None] * _colour_matching(_WAVELENGTH)
    exact = reflectance(0.0777, 0.0111) @ matching / matching[:, 1].sum() @ _XYZ_TO_RGB.T
    np.testing.assert_allclose(skin_colour(np.array(0.0777), np.array(0.0111)), exact, atol=2e-3)
