"""Files that systems, editors and transfers leave in folders: never data, whatever their suffix."""

from __future__ import annotations

import re
from pathlib import Path

_NAMES = {
    "__macosx",
    "icon\r",  # macOS: a folder's icon
    "thumbs.db",
    "ehthumbs.db",
    "ehthumbs_vista.db",
    "desktop.ini",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "@eadir",  # Synology: thumbnails
    "#recycle",
}
_PATTERN = re.compile(
    r"\."  # hidden: ._x, .DS_Store, .x.swp, .~lock.x#, .nfs0123, .x.icloud
    r"|~\$|~syncthing~"  # locks of Office; unfinished transfers
    r"|\#.*\#$"  # Emacs: unsaved text
    r"|.*(~"  # editors: the version before
    r"|\.(bak|orig|old|tmp|temp|swp|swo|kate-swp|lock|lck|part|partial|filepart|crdownload|download|!ut)"
    r"|:zone\.identifier)$"  # Windows: where a download came from
    r"|.*\.sync-conflict-\d{8}-\d{6}",  # Syncthing: the version of another machine
    re.DOTALL,
)
_MADE_BY_SYSTEMS = {".ds_store", ".directory", ".localized", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}


def is_stray(path: Path) -> bool:
    """Whether a file or folder has a name that a system, an editor or a transfer gives to what it leaves behind.

    Every hidden name is one. For the entries of folders; a file that the user names is read whatever its name.
    """
    name = path.name.lower()
    return name in _NAMES or _PATTERN.match(name) is not None


def is_made_by_system(path: Path) -> bool:
    """Whether only a file manager gives files this name; a folder with nothing else counts as empty.

    Narrower than `is_stray`: a hidden file or an editor's backup may be a user's work.
    """
    name = path.name.lower()
    return name in _MADE_BY_SYSTEMS or name.startswith("._")
