"""The case and its lid as solids (build123d, an optional extra), and the files made of them."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from build123d import (
    Align,
    Box,
    Compound,
    ExportSVG,
    LineType,
    Location,
    Part,
    export_step,
)

from hardware.enclosure import dimensions as d

BOTTOM = (Align.CENTER, Align.CENTER, Align.MIN)
PARTS = ("case", "lid")
VIEWED_FROM = (-120, -160, 140)
LIFTED_MM = d.HEIGHT_MM + 18  # the lid in the picture
_STEP_DATE = re.compile(r"'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'")
EPOCH = "'2000-01-01T00:00:00'"


def _box(size: tuple[float, float, float], at: tuple[float, float, float]) -> Any:
    """A box that stands on its place."""
    return Location(at) * Box(*size, align=BOTTOM)


def case() -> Any:
    """The lower part: walls, two lugs for the strap, openings for USB and the leads."""
    outer = _box((d.LENGTH_MM, d.WIDTH_MM, d.HEIGHT_MM), (0, 0, 0))
    reach = d.LENGTH_MM / 2 + d.LUG_MM / 2
    lug = (d.LUG_MM + 2, d.STRAP_WIDTH_MM + 2 * d.WALL_MM, d.LUG_HEIGHT_MM)
    slot = (d.STRAP_THICKNESS_MM, d.STRAP_WIDTH_MM, 3 * d.LUG_HEIGHT_MM)
    solid = outer
    for side in (-1, 1):
        solid += _box(lug, (side * (reach - 1), 0, 0))
    solid -= _box((d.INNER_LENGTH_MM, d.INNER_WIDTH_MM, d.HEIGHT_MM), (0, 0, d.WALL_MM))
    for side in (-1, 1):
        solid -= _box(slot, (side * (reach + 0.2), 0, -d.LUG_HEIGHT_MM))
    usb = (4 * d.WALL_MM, d.USB_WIDTH_MM, d.USB_HEIGHT_MM)
    solid -= _box(usb, (-d.LENGTH_MM / 2, 0, d.USB_FLOOR_MM))
    for x, width in ((-d.LENGTH_MM / 4, d.LEADS_WIDTH_MM), (d.LENGTH_MM / 4, d.PPG_WIDTH_MM)):
        opening = (width, 4 * d.WALL_MM, d.LEADS_HEIGHT_MM)
        solid -= _box(opening, (x, -d.WIDTH_MM / 2, d.LEADS_FLOOR_MM))
    return solid


def lid() -> Any:
    """The upper part: a plate with a rim that goes into the case."""
    plate = _box((d.LENGTH_MM, d.WIDTH_MM, d.LID_MM), (0, 0, 0))
    outer = (d.INNER_LENGTH_MM - 2 * d.LIP_PLAY_MM, d.INNER_WIDTH_MM - 2 * d.LIP_PLAY_MM)
    inner = (outer[0] - 2 * d.WALL_MM, outer[1] - 2 * d.WALL_MM)
    rim = _box((*outer, d.LIP_MM), (0, 0, d.LID_MM)) - _box((*inner, d.LIP_MM), (0, 0, d.LID_MM))
    return plate + rim


def write(folder: Path) -> None:
    """STL, STEP and a picture of both, the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    solids = {"case": case(), "lid": lid()}
    for name, solid in solids.items():
        _write_stl(solid, folder / f"{name}.stl")
        step = folder / f"{name}.step"
        export_step(Part(solid.wrapped), step)
        step.write_text(_STEP_DATE.sub(EPOCH, step.read_text()))
    _picture(solids, folder / "enclosure.svg")


def _write_stl(solid: Any, file: Path) -> None:
    from build123d import export_stl

    export_stl(solid, file, tolerance=0.02, ascii_format=False)


def _picture(solids: dict[str, Any], file: Path) -> None:
    """Both parts, the lid lifted, with the names of the openings on A4."""
    apart = Location((0, 0, LIFTED_MM)) * Location((0, 0, 0), (180, 0, 0)) * solids["lid"]
    both = Compound(children=[Part(solids["case"].wrapped), Part(apart.wrapped)])
    visible, hidden = both.project_to_viewport(VIEWED_FROM, look_at=(0, 0, 0))
    extent = max(*Compound(children=visible + hidden).bounding_box().size)
    drawing = ExportSVG(scale=180 / extent, margin=6)
    drawing.add_layer("visible", line_weight=0.4)
    drawing.add_layer("hidden", line_color=(190, 190, 190), line_type=LineType.ISO_DOT)
    drawing.add_shape(visible, layer="visible")
    drawing.write(file)
    size = 4 * extent / 180
    words = "".join(_label(name, at, size) for name, at in _labels().items())
    file.write_text(file.read_text().replace("</svg>", words + "</svg>"))


def _labels() -> dict[str, tuple[float, float, float]]:
    """What is written on the picture, and where on the parts."""
    front, below = -d.WIDTH_MM / 2, d.LEADS_FLOOR_MM - 6
    return {
        "lid, seen from outside": (0, 0, LIFTED_MM),
        "USB": (-d.LENGTH_MM / 2, 0, d.USB_FLOOR_MM + d.USB_HEIGHT_MM + 3),
        "electrode leads": (-d.LENGTH_MM / 4, front, below),
        "PPG lead": (d.LENGTH_MM / 4, front, below),
        "strap": (-d.LENGTH_MM / 2 - d.LUG_MM, 0, d.LUG_HEIGHT_MM / 2 - 0.3),
    }


def _label(words: str, at: tuple[float, float, float], size: float) -> str:
    """Words around a point of the parts, as the picture's projection has it."""
    towards = np.array(VIEWED_FROM) / np.linalg.norm(VIEWED_FROM)
    right = np.cross((0, 0, 1), towards)
    right /= np.linalg.norm(right)
    x, y = float(right @ at), float(np.cross(towards, right) @ at)
    return (
        f'  <text x="{x:.3f}" y="{-y:.3f}" font-size="{size:.3f}" text-anchor="middle"'
        f' font-family="DejaVu Sans, Verdana, sans-serif">{words}</text>\n'
    )
