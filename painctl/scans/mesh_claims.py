"""What the files of meshes claim to hold, checked before a reader believes them."""

from __future__ import annotations

import re
import struct
from typing import Any

from painctl.files.text import parse_json

MOST_VERTICES = 2_000_000
_MOST_ENTRIES = 10_000  # of any list of a glTF file
_MAGIC, _JSON = b"glTF", b"JSON"
_HEADER, _CHUNK = struct.Struct("<4sII"), struct.Struct("<I4s")
_PLAIN = ("KHR_materials_", "KHR_texture_transform")  # prefixes of extensions that do not change the geometry
_PLY = re.compile(rb"^\s*element\s+\S+\s+(\d+)\s*$", re.MULTILINE)
_PLY_END = b"end_header"
_MOST_HEADER = 65_536  # bytes of a PLY file


def check_obj(data: bytes) -> None:
    """Raises ValueError for more vertices than `MOST_VERTICES` and for a file without any."""
    count = data.count(b"\nv ") + data.startswith(b"v ")
    if count > MOST_VERTICES:
        raise ValueError(f"has {count:,} vertices; the limit is {MOST_VERTICES:,}")
    if not count:
        raise ValueError("not an OBJ file of a mesh: it has no line that starts with v")


def check_ply(data: bytes) -> None:
    """Raises ValueError for another file, and for a header that claims more than the file can hold."""
    header, end, _ = data[:_MOST_HEADER].partition(_PLY_END)
    if not data.startswith(b"ply") or not end:
        raise ValueError("not a PLY file")
    counts = [int(count) for count in _PLY.findall(header)]
    if any(count > 3 * MOST_VERTICES for count in counts):
        raise ValueError(f"claims {max(counts):,} elements; the limit is {3 * MOST_VERTICES:,}")
    if sum(counts) > len(data) - len(header):
        raise ValueError(f"claims {sum(counts):,} elements in {len(data):,} bytes; copy the file again")


def check_glb(data: bytes) -> None:
    """Raises ValueError for another file, and for one that is not whole, plain and complete in itself."""
    if len(data) < _HEADER.size + _CHUNK.size or data[:4] != _MAGIC:
        raise ValueError("not a binary glTF file")
    _, version, length = _HEADER.unpack_from(data)
    size, kind = _CHUNK.unpack_from(data, _HEADER.size)
    if version != 2 or kind != _JSON:
        raise ValueError(f"glTF version {version}; export it as glTF 2.0")
    if length > len(data) or _HEADER.size + _CHUNK.size + size > len(data):
        raise ValueError(f"claims {length:,} bytes but has {len(data):,}; copy the file again")
    start = _HEADER.size + _CHUNK.size
    tree = parse_json(data[start : start + size].decode("utf-8", "replace"), "its glTF part")
    if not isinstance(tree, dict):
        raise ValueError("its glTF part is not an object")
    _check_extensions(tree)
    _check_lists(tree)
    _check_nodes(tree)


def _check_extensions(tree: dict[str, Any]) -> None:
    required = tree.get("extensionsRequired", [])
    names = [str(name) for name in required] if isinstance(required, list) else [str(required)]
    if needed := [name for name in names if not name.startswith(_PLAIN)]:
        raise ValueError(f"needs the glTF extension {needed[0][:60]}; export it without compression")


def _check_lists(tree: dict[str, Any]) -> None:
    for name, entries in tree.items():
        if isinstance(entries, list) and len(entries) > _MOST_ENTRIES:
            raise ValueError(f"has {len(entries):,} {name}; the limit is {_MOST_ENTRIES:,}")
    for name in ("buffers", "images"):
        if any(isinstance(entry, dict) and "uri" in entry for entry in _entries(tree, name)):
            raise ValueError(f"its {name} are in other files; export it with everything in one GLB")
    for accessor in _entries(tree, "accessors"):
        count = accessor.get("count", 0)
        if not isinstance(count, int) or not 0 <= count <= 3 * MOST_VERTICES:
            raise ValueError(f"claims an array of {count} elements; the limit is {3 * MOST_VERTICES:,}")


def _check_nodes(tree: dict[str, Any]) -> None:
    """Raises ValueError unless the nodes form trees, as glTF requires: a reader would follow a circle for ever."""
    children = [child for node in _entries(tree, "nodes") for child in node.get("children", [])]
    roots = [root for scene in _entries(tree, "scenes") for root in scene.get("nodes", [])]
    if len(set(map(str, children))) < len(children) or set(map(str, children)) & set(map(str, roots)):
        raise ValueError("its nodes do not form a tree; export it again")


def _entries(tree: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = tree.get(name, [])
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
