"""The registry is the only list of engines, and its entries are correct."""

from importlib import import_module

import pytest

from painctl.cli.main import COMMANDS
from painctl.cli.reference import read_command
from painctl.engines.registry import ENGINES, ROLES, find, is_open, names

BUILT = [engine for engine in ENGINES if engine.role not in ("backbone", "model", "device")]  # the others probe only


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: f"{engine.role}-{engine.name}")
def test_every_engine_has_a_module_that_can_be_probed(engine):
    assert callable(import_module(f"painctl.engines.{engine.module}").probe)


@pytest.mark.parametrize("engine", BUILT, ids=lambda engine: f"{engine.role}-{engine.name}")
def test_every_engine_can_be_built(engine):
    assert callable(import_module(f"painctl.engines.{engine.module}").build)


@pytest.mark.parametrize("role", ROLES)
def test_names_are_unique_in_a_role_and_the_default_is_open(role):
    assert len(set(names(role))) == len(names(role)) > 0
    if role not in ("inpaint", "device"):
        assert find(role, names(role)[0]).is_open


@pytest.mark.parametrize("role", ["head", "renderer", "portrait", "inpaint", "texture", "rig"])
def test_the_options_of_commands_offer_the_engines_of_the_registry(role):
    for name in ROLES[role].commands:
        parameters = read_command(name, COMMANDS[name]).parameters
        (option,) = [parameter for parameter in parameters if ROLES[role].option in parameter.names]
        assert option.choices[-len(names(role)) :] == names(role)


def test_an_unknown_engine_is_named_with_the_choices():
    with pytest.raises(ValueError, match=f"--engine crayon: unknown; choose one of {', '.join(names('texture'))}$"):
        find("texture", "crayon")


def test_an_engine_is_open_only_if_no_engine_of_its_name_is_licensed():
    assert is_open("procedural")
    assert not is_open("kandinsky")
    assert not is_open("flame")
    assert not is_open("unheard of")
