import torch

from painctl.runs.seeding import deterministic, reseed, seeded


def test_a_seeded_block_repeats_and_leaves_the_generator_unchanged():
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    with seeded(5, "weights"):
        first = torch.rand(3)
    assert torch.equal(torch.rand(3), expected)
    reseed(5, "weights")
    assert torch.equal(torch.rand(3), first)
    reseed(5, "dropout")
    assert not torch.equal(torch.rand(3), first)


def test_deterministic_algorithms_are_required_inside_the_block_only():
    with deterministic():
        assert torch.are_deterministic_algorithms_enabled()
    assert not torch.are_deterministic_algorithms_enabled()
