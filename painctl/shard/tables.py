"""Conversion between rows of a shard and records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from painctl.records import Camera, Identity, Topology
from painctl.shard.reader import Shard
from painctl.shard.seal import ShardError


def read_topology(shard: Shard) -> Topology:
    """The head's connectivity."""
    columns: dict[str, Any] = {field.name: shard.read("topology", field.name) for field in fields(Topology)}
    frozen: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in columns.items()}
    return Topology(**frozen)


def read_identity(shard: Shard, row: int) -> Identity:
    """One person of the identities table."""
    columns = shard.row("identities", row)
    return Identity(**{name: v.item() if hasattr(v, "item") and not v.ndim else v for name, v in columns.items()})


def read_camera(shard: Shard, table: str, row: int, size: int) -> Camera:
    """The camera of one row of depth, portraits or frames, whose pictures are `size` pixels wide and high.

    Raises ShardError if it is the camera of a picture of another size.
    """
    intrinsics = shard.read(table, "intrinsics", row)
    centre = intrinsics[:2, 2]
    if abs(centre - size / 2).max() > 1:  # the optical axis meets the middle of the picture
        width, height = 2 * centre
        raise ShardError(
            f"{shard.path}: {table}/intrinsics, row {row}: for a picture of {width:g} x {height:g} pixels, but it is "
            f"{size} x {size}"
        )
    return Camera(intrinsics, shard.read(table, "extrinsics", row), size)


def topology_columns(topology: Topology) -> dict[str, Any]:
    """The columns of the topology table."""
    return {field.name: getattr(topology, field.name) for field in fields(Topology)}


def identity_columns(people: Iterable[Identity]) -> dict[str, Any]:
    """The columns of the identities table, one row per person."""
    rows = list(people)
    return {field.name: [getattr(person, field.name) for person in rows] for field in fields(Identity)}


def camera_columns(cameras: Iterable[Camera]) -> dict[str, Any]:
    """The two camera columns, one row per camera."""
    rows = list(cameras)
    return {name: [getattr(camera, name) for camera in rows] for name in ("intrinsics", "extrinsics")}
