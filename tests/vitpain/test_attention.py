import numpy as np
import pytest
import torch

from painctl.vitpain.attention import action_unit_attention

RNG = np.random.default_rng(0)


def pictures(count):
    return list(RNG.integers(0, 256, (count, 60, 48, 3), dtype=np.uint8))


def test_weights_are_the_softmax_of_queries_times_patches(tiny):
    model, (pain, *neutral) = tiny().eval(), pictures(3)
    attention = action_unit_attention(model, pain, neutral)
    assert attention.shape == (6, 3, 3)
    np.testing.assert_allclose(attention.sum(axis=(1, 2)), 1, rtol=1e-5)
    expected = []
    with torch.no_grad():
        face, *references = (torch.from_numpy(image[None, 6:54]) for image in (pain, *neutral))
        for reference in references:
            tokens = model.reference(model.tokens(face, "pain"), model.tokens(reference, "neutral"))[0, 5:]
            expected.append((model.action_units.queries @ tokens.T / 32**0.5).softmax(-1).reshape(6, 3, 3))
    np.testing.assert_allclose(attention, np.mean(expected, axis=0), rtol=1e-4)


def test_a_model_without_a_reference_or_without_units(tiny):
    (pain,) = pictures(1)
    assert action_unit_attention(tiny(reference=False).train(), pain, []).shape == (6, 3, 3)
    assert action_unit_attention(tiny(action_units=False), pain, pictures(1)) is None


def test_a_model_without_units_has_no_attention(tiny):
    with pytest.raises(ValueError, match="no action-unit head"):
        tiny(action_units=False).attention(torch.zeros(1), torch.zeros(1))
