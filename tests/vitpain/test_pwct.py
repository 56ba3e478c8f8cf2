import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, max_pool2d, relu

from painctl.evidence.metrics import pearson
from painctl.images.resize import center_crop
from painctl.vitpain.checkpoints import load, save
from painctl.vitpain.inference import predict_source
from painctl.vitpain.losses import losses
from painctl.vitpain.pwct import MARGIN, PwCT, build_pwct, contrastive
from painctl.vitpain.settings import TrainingSettings
from painctl.vitpain.training import train


@pytest.fixture
def faces():
    rng = torch.Generator().manual_seed(0)
    return [torch.randint(0, 256, (3, 160, 160, 3), dtype=torch.uint8, generator=rng) for _ in range(2)]


def test_architecture_is_the_published_one(faces):
    model = build_pwct(0).eval()
    shapes = {tuple(p.shape) for p in model.parameters() if p.ndim > 1}
    assert shapes == {(64, 1, 5, 5), (128, 64, 5, 5), (128, 128, 5, 5), (200, 4608), (1, 200)}
    weights = 64 * 25 + 128 * 64 * 25 + 128 * 128 * 25 + 4608 * 200 + 200
    biases = 3 * (64 + 128 + 128) + 200 + 1  # of each convolution and its normalisation
    assert sum(p.numel() for p in model.parameters()) == weights + biases
    state = model.state_dict()

    def normed(x, name):
        mean, var, weight, bias = (
            state[f"{name}.{part}"][:, None, None] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return relu((x - mean) / (var + 1e-5).sqrt() * weight + bias)

    def layer(x, conv, norm, stride=1):
        return normed(conv2d(x, state[f"{conv}.weight"], state[f"{conv}.bias"], stride), norm)

    first, second = (layer(face.float().mean(dim=3)[:, None] / 255, "first.0", "first.1", 2) for face in faces)
    x = max_pool2d(first - second, 2)
    for conv, norm in (("rest.2", "rest.3"), ("rest.6", "rest.7")):
        x = max_pool2d(layer(x, conv, norm), 2)
    x = relu(x.flatten(1) @ state["features.1.weight"].T + state["features.1.bias"])
    expected = (x @ state["difference.weight"].T + state["difference.bias"])[:, 0] / 16
    torch.testing.assert_close(model(*faces).pspi, expected)
    assert model(*faces).logit is model(*faces).aus is None


def test_a_picture_compared_with_itself_gives_the_same_for_every_face(faces):
    model = build_pwct(0).eval()
    same = model(faces[0], faces[0]).pspi
    torch.testing.assert_close(same, same[:1].expand(3))


@pytest.mark.parametrize("training", [False, True])
def test_swapping_the_pictures_negates_the_difference(faces, training):
    model, differences = build_pwct(0).train(training), []
    model.rest.register_forward_pre_hook(lambda _, inputs: differences.append(inputs[0]))
    first, second = faces
    for pair in ((first, second), (second, first), (first, first)):
        model(*pair)
    assert differences[0].any()
    assert torch.equal(differences[0], -differences[1])
    assert not differences[2].any()


def test_gradients_reach_every_parameter(faces):
    model = build_pwct(0)
    terms = losses(model(*faces), torch.tensor([0, 4, 9]), torch.zeros(3, 6), (), TrainingSettings(contrast_loss=1.0))
    assert set(terms) == {"loss", "pspi", "contrast"}
    terms["loss"].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        # batch normalisation cancels a bias before it
        assert parameter.grad.abs().sum() > 0 or name in ("first.0.bias", "rest.2.bias", "rest.6.bias"), name


def test_the_contrastive_loss_is_its_formula():
    rng = np.random.default_rng(0)
    features, pspi = rng.normal(size=(5, 3)), np.array([0, 0, 3, 3, 7])
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    total = 0
    for i in range(5):
        for j in range(5):
            if i != j:
                d = np.linalg.norm(unit[i] - unit[j])
                total += d**2 if pspi[i] == pspi[j] else max(0, MARGIN - d) ** 2
    loss = contrastive(torch.tensor(features), torch.tensor(pspi)).item()
    assert loss == pytest.approx(total / 20, rel=1e-4)
    assert contrastive(torch.ones(1, 3), torch.ones(1)).item() == 0


class Aligned160(PwCT):
    """The drawn faces are aligned already."""

    def prepare(self, source):
        return source


def test_it_generalises_to_other_people(drawn_faces):
    torch.manual_seed(0)
    model = Aligned160(build_pwct(0).architecture)
    settings = TrainingSettings(epochs=4, batch_size=16, learning_rate=1e-3, weight_decay=0.01)
    train(model, drawn_faces(list(range(10)), 6), None, settings)
    others = drawn_faces(list(range(100, 106)), 8)
    predictions = predict_source(model, others)
    assert ((predictions.pspi >= 0) & (predictions.pspi <= 16)).all()
    assert pearson(others.pspi, predictions.pspi) > 0.37  # 48 frames by chance: below 0.37 in 99 of 100


def test_it_is_saved_and_loaded(tmp_path, faces):
    model = build_pwct(1).eval()
    save(tmp_path / "model", model, TrainingSettings(), "")
    loaded = load(tmp_path / "model").model
    assert torch.equal(loaded(*faces).pspi, model(*faces).pspi)
    assert center_crop(faces[0][0].numpy(), 160, 1.0).shape == (160, 160, 3)
