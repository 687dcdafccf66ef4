"""STL, STEP and pictures of the case and the clip, the same bytes each time."""

import re
from pathlib import Path
from typing import Any

import numpy as np
from build123d import Compound, ExportSVG, LineType, Location, Part, export_step, export_stl

from hardware.enclosure import case, clip
from hardware.enclosure import dimensions as d

VIEWED_FROM = (-120, -160, 140)
LIFTED_MM = 18.0  # of a lid in a picture, above what it closes
_STEP_DATE = re.compile(r"'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'")
EPOCH = "'2000-01-01T00:00:00'"

Labels = dict[str, tuple[float, float, float]]


def solids() -> dict[str, Any]:
    """Every printed part by its file's name."""
    return {
        "case": case.case(),
        "lid": case.lid(),
        "clip": clip.bed(d.FINGER_MM),
        "clip-child": clip.bed(d.CHILD_FINGER_MM),
        "clip-cover": clip.cover(d.FINGER_MM),
    }


def write(folder: Path) -> None:
    """All files."""
    folder.mkdir(parents=True, exist_ok=True)
    made = solids()
    for name, solid in made.items():
        export_stl(solid, folder / f"{name}.stl", tolerance=0.05, ascii_format=False)
        step = folder / f"{name}.step"
        export_step(Part(solid.wrapped), step)
        step.write_text(_STEP_DATE.sub(EPOCH, step.read_text()))
    lid = Location((0, 0, d.HEIGHT_MM + LIFTED_MM)) * Location((0, 0, 0), (180, 0, 0)) * made["lid"]
    _picture([made["case"], lid], folder / "enclosure.svg", _case_labels())
    cover = Location((0, 0, -LIFTED_MM)) * made["clip-cover"]
    _picture([made["clip"], cover], folder / "clip.svg", _clip_labels())


def _picture(parts: list[Any], file: Path, labels: Labels) -> None:
    """Parts as they are put together, apart, with words on A4."""
    both = Compound(children=[Part(one.wrapped) for one in parts])
    visible, hidden = both.project_to_viewport(VIEWED_FROM, look_at=(0, 0, 0))
    extent = max(*Compound(children=visible + hidden).bounding_box().size)
    drawing = ExportSVG(scale=180 / extent, margin=8)
    drawing.add_layer("visible", line_weight=0.4)
    drawing.add_layer("hidden", line_color=(190, 190, 190), line_type=LineType.ISO_DOT)
    drawing.add_shape(visible, layer="visible")
    drawing.write(file)
    size = 4 * extent / 180
    words = "".join(_label(name, at, size) for name, at in labels.items())
    file.write_text(file.read_text().replace("</svg>", words + "</svg>"))


def _case_labels() -> Labels:
    """What is written on the picture of the case, and where on the parts."""
    front, below = -d.WIDTH_MM / 2, d.WING_TOP_MM - 4
    return {
        "lid, seen from outside": (0, 0, d.HEIGHT_MM + LIFTED_MM),
        "button": (d.along_mm("SW1") + 7, d.across_mm("SW1"), d.HEIGHT_MM + LIFTED_MM),
        "USB": (-d.LENGTH_MM / 2, 0, d.USB_FLOOR_MM + d.USB_HEIGHT_MM + 2),
        "temperature": (d.along_mm("J5") - 3, front, below),
        "switch": (d.along_mm("SW2"), front, below - 3),
        "PPG lead": (d.along_mm("J4"), front, below),
        "strap": (-d.LENGTH_MM / 2 - d.LUG_MM, 0, d.LUG_HEIGHT_MM / 2 - 0.3),
    }


def _clip_labels() -> Labels:
    """What is written on the picture of the clip."""
    length, width, height = clip.outer_mm(d.FINGER_MM)
    return {
        "bed for the finger, window": (0, width / 2, height + 9),
        "cable": (length / 2 + 4, -width / 2, 0),
        "cover of the pocket": (0, -width / 2, -LIFTED_MM - 6),
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
