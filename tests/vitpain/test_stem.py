import pytest
import torch

from painctl.vitpain.model import build
from painctl.vitpain.stem import Stem

SIDE = 96


@pytest.mark.parametrize(("side", "patches"), [(96, 6), (64, 4)])
def test_a_stem_makes_a_coarse_map_of_features(side, patches):
    assert Stem((16, 32, 64))(torch.zeros(2, 1, side, side)).shape == (2, 64, patches, patches)


def test_the_hybrid_model_is_small_and_trained_whole():
    model = build("hybrid")
    assert not model.architecture.adapters
    assert sum(parameter.numel() for parameter in model.parameters()) < 3e6


def test_the_hybrid_model_ignores_colour_casts_and_exposure():
    generator = torch.Generator().manual_seed(0)
    face = torch.randint(60, 180, (1, SIDE, SIDE, 3), generator=generator, dtype=torch.uint8)
    grey = face.float().mean(-1, keepdim=True).round().expand_as(face)
    model = build("hybrid").eval()
    with torch.inference_mode():
        darker, same, other = (model.tokens(picture, "pain") for picture in (0.6 * grey + 10, grey, grey.flip(1)))
    change = (darker - same).abs().mean() / same.abs().mean()
    assert change < 0.02 < (other - same).abs().mean() / same.abs().mean()


def test_a_blank_picture_gives_finite_outputs():
    model, blank = build("hybrid").eval(), torch.zeros(2, SIDE, SIDE, 3, dtype=torch.uint8)
    with torch.inference_mode():
        outputs = model(blank, blank)
    assert all(torch.isfinite(part).all() for part in (outputs.pspi, outputs.logit, outputs.aus))


def test_every_weight_of_the_hybrid_model_is_trained():
    model = build("hybrid").train()
    picture = torch.randint(0, 255, (4, SIDE, SIDE, 3), dtype=torch.uint8)
    outputs = model(picture, picture.flip(2))
    (outputs.pspi.sum() + outputs.logit.sum() + outputs.aus.sum()).backward()
    without = [name for name, value in model.named_parameters() if value.requires_grad and value.grad is None]
    assert not without
