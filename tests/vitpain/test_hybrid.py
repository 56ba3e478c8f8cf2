import subprocess
import sys

import torch

from painctl.vitpain.checkpoints import save
from painctl.vitpain.hybrid import Hybrid
from painctl.vitpain.model import build
from painctl.vitpain.settings import HYBRID

SIDE = 96


def test_tokens_are_the_positions_of_the_map_by_rows():
    torch.manual_seed(0)
    hybrid = Hybrid((8, 16), 40, 1, 4, 32).eval()
    hybrid.positions.data.normal_()
    pixels = torch.randn(2, 1, 40, 40)
    with torch.no_grad():
        tokens = hybrid(pixels)
        features = hybrid.stem(pixels)
        expected = hybrid.encoder(
            torch.stack([features[..., y, x] for y in range(5) for x in range(5)], 1) + hybrid.positions
        )
    torch.testing.assert_close(tokens, expected)
    assert tokens.shape == (2, 25, 16)


def test_the_hybrid_model_is_small_and_trained_whole():
    model = build("hybrid")
    assert not model.architecture.adapters
    assert sum(parameter.numel() for parameter in model.parameters()) < 4e6


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
    (outputs.pspi.sum() + outputs.logit.sum() + outputs.aus.sum() + outputs.spread.sum()).backward()
    without = [name for name, value in model.named_parameters() if value.requires_grad and value.grad is None]
    assert not without


def test_an_estimate_imports_neither_transformers_nor_torchs_compiler(tmp_path):
    """Each of them takes a second or more, which would be most of a single prediction."""
    save(tmp_path / "model", build("hybrid"), HYBRID, "")
    program = """
import sys
from pathlib import Path
import numpy as np
from painctl.vitpain.checkpoints import load
from painctl.vitpain.inference import predict_pairs
face = np.zeros((96, 96, 3), np.uint8)
assert predict_pairs(load(Path(sys.argv[1])).model, [[(face, face)]])[0].is_finite
print({"transformers", "torch._dynamo", "sympy", "accelerate", "peft"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "model"], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")
