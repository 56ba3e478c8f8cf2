"""Names that systems, editors and transfers leave in folders."""

import os
from pathlib import Path

import pytest

from painctl.files.leftovers import is_stray

STRAYS = [
    "._a.png",
    ".DS_Store",
    "Thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
    "Desktop.ini",
    ".directory",
    ".nfs000000000000001",
    ".a.png.swp",
    "a.png.swp",
    "a.png~",
    "#a.png#",
    ".#a.png",
    ".~lock.a.png#",
    "~$a.png",
    "a.png.part",
    "a.png.crdownload",
    "a.png.bak",
    "a.png.orig",
    "a.png.tmp",
    "a.h5.lock",
    "a.png.kate-swp",
    ".a.png.icloud",
    ".fuse_hidden0001",
    "a.png:Zone.Identifier",
    "~syncthing~a.png.tmp",
    "__MACOSX",
    "@eaDir",
    "a.sync-conflict-20240102-030405-ABCDEFG.png",
    "._split.csv",
    "split.csv~",
]
DATA = [
    "a.png",
    "A.JPEG",
    "a~1.png",
    "a#1.png",
    "#a.png",
    "part.png",
    "thumbs.png",
    "lock.h5",
    "a.part.png",
    "desktop.ini.png",
    "a:b.png",
]


@pytest.mark.parametrize("name", [*STRAYS, "Icon\r", "System Volume Information", "a\n.png~"])
def test_what_systems_and_editors_leave_is_stray(name):
    assert is_stray(Path("folder") / name)


@pytest.mark.parametrize("name", [*DATA, os.fsdecode(b"caf\xe9\n.png")])
def test_data_is_not(name):
    assert not is_stray(Path("folder") / name)
