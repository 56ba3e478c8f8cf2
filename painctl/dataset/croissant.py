"""croissant.json: a dataset folder described in Croissant 1.0, the format of MLCommons.

See https://docs.mlcommons.org/croissant/docs/croissant-spec-1.0.html. Files are described by patterns, and the rows of
Parquet by their columns. Matrices, such as landmarks, are left out, because a field of Croissant 1.0 has at most one
dimension.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from painctl.records import SPLITS

CROISSANT: Final = "croissant.json"
_CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float32": "sc:Float"}
_CONTEXT: Final[dict[str, Any]] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        name: f"cr:{name}"
        for name in (
            *("citeAs", "column", "equivalentProperty", "extract", "field", "fileProperty", "fileObject", "fileSet"),
            *("format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
            *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField"),
            "transform",
        )
    },
}
_FILES: Final[dict[str, dict[str, tuple[str, str]]]] = {  # by format: what they are -> a pattern and a media type
    "parquet": {"rows": ("data/*.parquet", "application/x-parquet")},
    "webdataset": {"samples": ("*.tar", "application/x-tar")},
    "folder": {
        "pictures": ("meshes_inpainted/*", "image/jpeg"),
        "heatmaps": ("heatmaps/*", "image/png"),
        "annotations": ("annotations/*.json", "application/json"),
        "tables": ("*.csv", "text/csv"),
    },
}


def describe(form: str, counts: Mapping[str, Any], content: str, is_free: bool) -> dict[str, Any]:
    """The description of a dataset folder of a format.

    `counts` are those of `census.summary`, `content` is the digest of all people; `is_free` says whether no licence
    binds the pictures, otherwise the card has the terms.
    """
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": "synthetic-pain-faces",
        "description": (
            f"Synthetic faces of {counts['identities']} people in {counts['frames']} frames, labelled by construction "
            "with AU4, AU6, AU7, AU9, AU10 (0..5), AU43 (0 or 1) and PSPI (0..16). No real person is shown. Research "
            "software: not a medical device. README.md has the counts, the options and the limits."
        ),
        "license": _CC0 if is_free else "README.md",
        "version": f"1.0.0+{content[:12]}",
        "keywords": ["synthetic", "pain", "PSPI", "facial action units", "face"],
        "distribution": [
            {"@type": "cr:FileSet", "@id": name, "includes": pattern, "encodingFormat": media}
            for name, (pattern, media) in _FILES[form].items()
        ],
        "recordSet": [_splits(), *([_rows()] if form == "parquet" else [])],
    }


def _splits() -> dict[str, Any]:
    """The names of the splits, which Croissant takes for what they are by their type."""
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [{"@type": "cr:Field", "@id": "splits/name", "dataType": "sc:Text"}],
        "data": [{"splits/name": name} for name in SPLITS],
    }


def _rows() -> dict[str, Any]:
    """The columns of the Parquet files."""
    from painctl.dataset.parquet import PICTURES, VALUES

    split = {
        "@type": "cr:Field",
        "@id": "frames/split",
        "dataType": "sc:Text",
        "references": {"field": {"@id": "splits/name"}},
        "source": {
            "fileSet": {"@id": "rows"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": f"data/({'|'.join(SPLITS)})-[^/]*$"},
        },
    }
    pictures = [_field(name, "sc:ImageObject", {"jsonPath": "bytes"}) for name in PICTURES]
    values = [_field(name, _TYPES[kind]) for name, kind in VALUES.items()]
    return {
        "@type": "cr:RecordSet",
        "@id": "frames",
        "key": {"@id": "frames/key"},
        "field": [split, *pictures, *values],
    }


def _field(column: str, kind: str, transform: Mapping[str, str] | None = None) -> dict[str, Any]:
    source: dict[str, Any] = {"fileSet": {"@id": "rows"}, "extract": {"column": column}}
    if transform:
        source["transform"] = dict(transform)
    return {"@type": "cr:Field", "@id": f"frames/{column}", "dataType": kind, "source": source}
