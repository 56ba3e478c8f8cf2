"""Figures of matplotlib, drawn the same everywhere and encoded without the date or the version."""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from painctl.plots.formats import PAGED
from painctl.plots.themes import Theme

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI: Final = 100  # at which pixels are laid out
_JPEG: Final = {"quality": 92, "subsampling": 0}
_NO_PDF_DATES: Final = {"CreationDate": None, "Producer": None, "Creator": None}
_NO_SVG_DATES: Final = {"Date": None, "Creator": None}


@contextlib.contextmanager
def drawing(theme: Theme) -> Iterator[None]:
    """Within it, figures are drawn and encoded in a theme, whatever the user's settings of matplotlib are.

    Text is in the font that comes with matplotlib; a character that it lacks is drawn as a box.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it warns of a home folder that cannot be written
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph ", UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_settings(theme))
        yield


def encoded(pages: Sequence[Figure], suffix: str) -> bytes:
    """A file of the format that a suffix stands for, of one figure, or in a PDF of several.

    The same figures give the same bytes. To be called within `drawing`. Raises ValueError for several figures in
    another format than PDF.
    """
    form = suffix.lower().lstrip(".")
    data = io.BytesIO()
    if f".{form}" in PAGED:
        from matplotlib.backends.backend_pdf import PdfPages

        with PdfPages(data, metadata=_NO_PDF_DATES) as pdf:
            for page in pages:
                pdf.savefig(page)
        return data.getvalue()
    (figure,) = pages
    options: dict[str, Any] = {"png": {"metadata": {"Software": None}}, "svg": {"metadata": _NO_SVG_DATES}}.get(
        form, {"pil_kwargs": _JPEG}
    )
    figure.savefig(data, format=form, **options)
    return data.getvalue()


def _settings(theme: Theme) -> Any:
    from cycler import cycler

    return {
        "font.family": ["DejaVu Sans"],
        "font.size": 8.5,
        "figure.facecolor": theme.paper,
        "savefig.facecolor": theme.paper,
        "savefig.dpi": "figure",
        "axes.facecolor": theme.paper,
        "axes.edgecolor": theme.rule,
        "axes.labelcolor": theme.ink,
        "axes.titlecolor": theme.ink,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.prop_cycle": cycler(color=theme.series),
        "text.color": theme.ink,
        "text.hinting": "none",  # so that text has the same width at any resolution
        "text.parse_math": False,  # names of files may hold dollars
        "xtick.color": theme.rule,
        "xtick.labelcolor": theme.faint,
        "ytick.color": theme.rule,
        "ytick.labelcolor": theme.faint,
        "grid.color": theme.rule,
        "grid.linewidth": 0.6,
        "legend.frameon": False,
        "image.composite_image": False,  # vector formats keep each picture as it is
        "svg.hashsalt": "painctl",
        "pdf.fonttype": 42,  # TrueType, which publishers accept
    }
