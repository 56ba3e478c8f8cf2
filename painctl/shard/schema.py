"""Every table and column of a shard: dtype, shape and unit. No other module defines a column.

A table is an HDF5 group, a column a dataset whose first axis is the row. Shapes are those of one row; a symbol
(`V`, `F`, ...) is an extent that is fixed within a file but may differ between files. Encoded pictures are `BYTES`: the
flat dataset `NAME` holds the files end to end, and `NAME_offsets` (rows + 1) is where each begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

FORMAT_VERSION: Final = 3
OLDEST_FORMAT: Final = 2  # that is still read: format 3 adds optional columns to it

BYTES: Final = "bytes"


def text(length: int) -> str:
    """The dtype of a UTF-8 column of at most `length` bytes, padded with zeros."""
    return f"utf8[{length}]"


@dataclass(frozen=True)
class Column:
    """One column: numpy dtype name, `BYTES` or `text(n)`; shape of a row; unit; meaning; valid values.

    Numbers are finite and within `limits`, the least and the greatest, where None is no limit; a text with `choices`
    is one of them. An optional column is stored only if some row has a value; in the other rows it is empty: 0, empty
    text, no bytes.
    """

    name: str
    dtype: str
    shape: tuple[int | str, ...]
    unit: str
    meaning: str
    limits: tuple[float | None, float | None] = (None, None)
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest valid number."""
        low, high = self.limits
        return -inf if low is None else low, inf if high is None else high

    @property
    def interval(self) -> str:
        """The limits in words; empty without any."""
        low, high = self.limits
        if high is None:
            return "" if low is None else f"{low:g} or more"
        return f"{low:g}..{high:g}"

    @property
    def storage(self) -> str:
        """Dtype, shape of a row, unit and limits in words, as manuals show them."""
        shape = f"[{', '.join(map(str, self.shape))}]" if self.shape else ""
        dtype = "uint8 and int64 offsets" if self.dtype == BYTES else f"{self.dtype}{shape}"
        return ", ".join(filter(None, (dtype, self.unit, self.interval, "optional" * self.optional)))


@dataclass(frozen=True)
class Table:
    """One table: its name, the command that makes it, a description, and its columns in the order of storage."""

    name: str
    made_by: str
    meaning: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of a name, which must exist."""
        return next(c for c in self.columns if c.name == name)


FRACTION = (0, 1)
INDEX = (0, None)
METRES = (-1, 1)  # of a head, whose origin is between its eyes

# Choices that belong to other rooms, which this one cannot import; a test holds them equal.
AGE_GROUPS = ("young", "elderly")
GENDERS = ("man", "woman")
ETHNICITIES = ("Latino", "Middle Eastern", "South Asian", "White", "East Asian", "Black")
HAIRCUTS = (
    "bald", "receding", "buzz", "crop", "side part", "swept back", "afro", "bob", "long", "tied",
    "fade", "forward", "quiff", "pixie", "permed", "fringe bob", "fringe", "bun", "plaits", "braids",
)  # fmt: skip
# Value of each occluder in frames/mask.
OCCLUDERS = {
    "glasses": 8,
    "sunglasses": 16,
    "mask": 24,
    "chin-mask": 32,
    "cannula": 40,
    "oxygen-mask": 48,
    "gastric-tube": 56,
    "bandage": 64,
    "headscarf": 72,
    "cap": 80,
    "hand": 88,
    "fringe": 96,
    "pillow": 104,
    "bed-rail": 112,
    "monitor": 120,
}
GARMENTS = ("crew neck", "v-neck", "scoop neck", "turtleneck", "hospital gown")

CAMERA = (
    Column("intrinsics", "float64", (3, 3), "px", "pinhole matrix K, pixel centres at half integers", (0, 1e6)),
    Column(
        "extrinsics",
        "float64",
        (4, 4),
        "m",
        "head to camera, rigid; the camera looks along +z, y down (OpenCV)",
        (-100, 100),
    ),
)


def choice(name: str, choices: tuple[str, ...]) -> Column:
    """A column of text that is one of the choices."""
    return Column(name, text(32 if name == "ethnicity" else 16), (), "", _either(choices), choices=choices)


def _either(choices: tuple[str, ...]) -> str:
    return f"{', '.join(choices[:-1])} or {choices[-1]}"


IDENTITIES = Table(
    "identities",
    "sample-ids",
    "One row per person.",
    (
        Column("name", text(32), (), "", "seed and index, such as s7-00003; `pack` derives file names from it"),
        Column("seed", "uint64", (), "", "seed of the run that drew the person"),
        Column("identity", "int64", (), "", "index of the person in that run", INDEX),
        choice("age_group", AGE_GROUPS),
        Column("age", "float32", (), "years", "drawn within the age group", (0, 120)),
        choice("gender", GENDERS),
        choice("ethnicity", ETHNICITIES),
        Column("prompt", text(256), (), "", "prompt of the portrait, for diffusion engines"),
        Column(
            "coefficients",
            "float32",
            ("K",),
            "",
            "head-model parameters, named by topology/coefficient_names",
            (-10_000, 10_000),
        ),
        Column("melanin", "float32", (), "fraction", "volume fraction of melanosomes in the epidermis", (0.001, 1)),
        Column("haemoglobin", "float32", (), "fraction", "volume fraction of blood in the dermis", (0.001, 1)),
        Column("iris", "float32", (3,), "linear RGB", "albedo of the iris", FRACTION),
        Column("hair", "float32", (3,), "linear RGB", "albedo of brows, lashes and hair", FRACTION),
        choice("haircut", HAIRCUTS),
        Column("hair_length", "float32", (), "m", "from the scalp to the tip", (0, 0.5)),
        Column("hair_curl", "float32", (), "", "0 straight, 1/3 wavy, 2/3 curly, 1 coiled", FRACTION),
        choice("garment", GARMENTS),
        Column("cloth", "float32", (3,), "linear RGB", "albedo of the garment", FRACTION),
    ),
)

TOPOLOGY = Table(
    "topology",
    "sample-ids",
    "The head's connectivity, once per file: rows are triangles, texture coordinates, regions and so on, not people.",
    (
        Column("faces", "int32", (3,), "vertex", "triangles, counter-clockwise seen from outside", INDEX),
        Column("uvs", "float32", (2,), "", "texture coordinates, v upwards", FRACTION),
        Column("uv_faces", "int32", (3,), "uv", "triangles into uvs, in the order of faces", INDEX),
        Column("region_names", text(32), (), "", "brows, lids, nose, lips, cheeks, eyes, scalp, neck, ..."),
        Column("regions", "float32", ("V",), "", "membership of each vertex in each region", FRACTION),
        Column(
            "landmark_faces",
            "int32",
            (),
            "face",
            "triangle that holds each of the 68 landmarks (iBUG order)",
            INDEX,
        ),
        Column(
            "landmark_barycentric", "float32", (3,), "", "weights of that triangle's corners, 1 in all", (-0.01, 1.01)
        ),
        Column("action_names", text(32), (), "", "ARKit facial actions, such as browDownLeft"),
        Column("actions", "float32", ("V", 3), "m", "vertex displacement at full activation", METRES),
        Column("coefficient_names", text(64), (), "", "what each coefficient of an identity is"),
    ),
)

MESHES = Table(
    "meshes",
    "sample-ids",
    "The neutral head, one row per person.",
    (
        Column(
            "vertices",
            "float32",
            ("V", 3),
            "m",
            "x to the subject's left, y up, z forward; origin between the eyes",
            METRES,
        ),
        Column("albedo", BYTES, (), "PNG", "sRGB colours that came with a head mesh, in the head's UVs", optional=True),
        Column(
            "albedo_covered",
            BYTES,
            (),
            "PNG",
            "255 where the head mesh has a colour, 0 where it has none",
            optional=True,
        ),
    ),
)

DEPTH = Table(
    "depth",
    "render-depth",
    "Frontal depth map, one row per person: the hint of a depth ControlNet.",
    (
        Column(
            "depth",
            "float32",
            ("S", "S"),
            "",
            "1 at `near`, towards 0 at `far`, exactly 0 behind the head",
            FRACTION,
        ),
        Column("near", "float32", (), "m", "camera distance at value 1", (0, 100)),
        Column("far", "float32", (), "m", "camera distance at value 0", (0, 100)),
        *CAMERA,
    ),
)

PORTRAITS = Table(
    "portraits",
    "synth-neutral",
    "Frontal neutral portrait, one row per person, aligned with the depth map.",
    (
        Column("image", BYTES, (), "PNG", "sRGB portrait"),
        Column("mask", BYTES, (), "PNG", "255 where the head is visible, 128 hair or clothing, 0 background"),
        *CAMERA,
        Column("attempt", "int64", (), "", "how often a diffusion engine redrew it", INDEX, optional=True),
        Column(
            "agreement",
            "float32",
            (),
            "",
            "how well the drawn face matches the depth map's outline, see diffusion/fit.py",
            FRACTION,
            optional=True,
        ),
    ),
)

TEXTURES = Table(
    "textures",
    "texture",
    "Maps in the head's UVs, one row per person, top row of the picture at v = 1.",
    (
        Column("albedo", BYTES, (), "PNG", "sRGB diffuse reflectance"),
        Column("normal", BYTES, (), "PNG", "tangent-space normal, 0.5 (n + 1); x along u, y along v"),
        Column("roughness", BYTES, (), "PNG", "GGX roughness, 0..1 in 8 bits"),
    ),
)

LABELS = (
    *(Column(name, "uint8", (), "", f"{name} intensity", (0, 5)) for name in ("AU4", "AU6", "AU7", "AU9", "AU10")),
    Column("AU43", "uint8", (), "", "eyes closed", FRACTION),
    Column("PSPI", "uint8", (), "", "AU4 + max(AU6, AU7) + max(AU9, AU10) + AU43", (0, 16)),
)

EXPRESSIONS = Table(
    "expressions",
    "rig",
    "One row per expression; a person's rows are contiguous, the neutral first.",
    (
        Column("identity_row", "int64", (), "row", "row of the person in identities", INDEX),
        Column("expression", "int64", (), "", "0 is the neutral, then 1, 2, ...", INDEX),
        *LABELS,
        Column("asymmetry", "float32", (6,), "", "per action unit: left activation (1 + a), right (1 - a)", (-1, 1)),
        Column("vertices", "float32", ("V", 3), "m", "the deformed head", METRES),
        Column("heatmap", "float32", ("V",), "", "displacement caused by the six action units, normalised", FRACTION),
        Column("other", text(64), (), "", "other facial actions, such as smile+wide; empty for none", optional=True),
        Column(
            "activations",
            "float32",
            ("A",),
            "",
            "of the facial actions beyond the six units, in the order of topology/action_names",
            (0, 2),
            optional=True,
        ),
    ),
)

FRAMES = Table(
    "frames",
    "render-views",
    "One row per rendered picture.",
    (
        Column("identity_row", "int64", (), "row", "row of the person in identities", INDEX),
        Column("expression_row", "int64", (), "row", "row of the face in expressions", INDEX),
        Column("view", "int64", (), "", "index of the view; 0 is the first yaw given", INDEX),
        Column("yaw", "float32", (), "degrees", "rotation of the head to its own left", (-360, 360)),
        Column("pitch", "float32", (), "degrees", "pitch of the head; positive looks up", (-360, 360)),
        Column(
            "roll",
            "float32",
            (),
            "degrees",
            "tilt of the head towards its left shoulder in the picture",
            (-360, 360),
            optional=True,
        ),
        Column("image", BYTES, (), "JPEG or PNG", "sRGB picture"),
        Column(
            "mask",
            BYTES,
            (),
            "PNG",
            "255 where the head is visible, 128 hair or clothing, 8 to 120 an occluder (see OCCLUDERS), 0 background",
        ),
        Column("heatmap", BYTES, (), "PNG", "colour heatmap: black, red, yellow, white"),
        Column("landmarks", "float32", (68, 2), "px", "the 68 projected landmarks, including hidden ones", (-1e6, 1e6)),
        Column(
            "landmarks_visible",
            "bool",
            (68,),
            "",
            "whether the landmark is inside the picture and not hidden by the head or an occluder",
        ),
        Column("light", "float32", ("L",), "", "seeded light of the view, see render/light.py"),
        Column("background", "float32", ("B",), "", "seeded background, see render/background.py, backdrops.py"),
        Column("lens", "float32", ("N",), "", "seeded lens and sensor of the view, see render/lens.py"),
        Column(
            "camera",
            "float32",
            ("C",),
            "",
            "seeded effects of --camera on the picture, see render/photography.py",
            optional=True,
        ),
        *CAMERA,
        Column(
            "occluders",
            text(128),
            (),
            "",
            "names of the things in front of and around the face, joined by +; empty for none",
            optional=True,
        ),
        Column(
            "prompt", text(256), (), "", "prompt for what a diffusion engine painted around the face", optional=True
        ),
        Column(
            "repainted",
            BYTES,
            (),
            "PNG",
            "255 where a diffusion engine painted (background and hair), else 0",
            optional=True,
        ),
    ),
)

SPLIT = Table(
    "split",
    "pack",
    "Written by `pack`, one row per person.",
    (Column("split", "uint8", (), "", "0 train, 1 val, 2 test; a person is in exactly one", (0, 2)),),
)

FAILURES = Table(
    "failures",
    "any stage",
    "One row per person for whom a stage failed; they are in no other table. Absent if no one failed.",
    (
        Column("name", text(32), (), "", "name of the person"),
        Column("seed", "uint64", (), "", "seed of the run that drew the person"),
        Column("identity", "int64", (), "", "index of the person in that run", INDEX),
        Column("stage", text(32), (), "", "the subcommand"),
        Column("reason", text(256), (), "", "what went wrong, in one line"),
    ),
)

TABLES: Final = {
    table.name: table
    for table in (IDENTITIES, TOPOLOGY, MESHES, DEPTH, PORTRAITS, TEXTURES, EXPRESSIONS, FRAMES, SPLIT, FAILURES)
}
