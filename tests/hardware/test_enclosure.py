"""H17: the case is one closed body with walls thick enough to print, and covers what it must."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from hardware import design
from hardware.enclosure import dimensions as d
from hardware.pcb import placement

OUT = Path(__file__).parents[2] / "hardware" / "out" / "enclosure"
PARTS = ("case", "lid", "clip", "clip-child", "clip-cover")


def thicknesses(mesh, samples=1500, seed=0):
    """From points on the surface straight inwards to the other side, in millimetres."""
    points, faces = trimesh.sample.sample_surface(mesh, samples, seed=seed)
    directions = -mesh.face_normals[faces]
    starts = points + 1e-4 * directions
    triangles = mesh.triangles
    found = []
    for start, direction in zip(starts, directions, strict=True):
        crossed = triangles[np.abs(mesh.face_normals @ direction) > 1e-9]
        corner, edge_1, edge_2 = (
            crossed[:, 0], crossed[:, 1] - crossed[:, 0], crossed[:, 2] - crossed[:, 0],
        )  # fmt: skip
        across = np.cross(direction, edge_2)
        scale = np.einsum("ij,ij->i", edge_1, across)
        turned = np.cross(start - corner, edge_1)
        u = np.einsum("ij,ij->i", start - corner, across) / scale
        v = turned @ direction / scale
        far = np.einsum("ij,ij->i", edge_2, turned) / scale
        hits = far[(u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (far > 1e-3)]
        found.append(hits.min())
    return np.array(found)


@pytest.mark.parametrize("name", PARTS)
def test_h17_a_part_is_one_watertight_body(name):
    mesh = trimesh.load(OUT / f"{name}.stl")
    assert mesh.is_watertight
    assert mesh.body_count == 1
    assert mesh.volume > 1000


@pytest.mark.parametrize("name", PARTS)
def test_h17_no_wall_is_thinner_than_can_be_printed(name):
    assert thicknesses(trimesh.load(OUT / f"{name}.stl")).min() >= d.MIN_WALL_MM


def test_h17_fails_with_a_hole_and_with_a_thin_wall():
    mesh = trimesh.load(OUT / "case.stl")
    mesh.update_faces(np.arange(len(mesh.faces)) > 0)
    assert not mesh.is_watertight
    thin = trimesh.load(OUT / "case.stl")
    thin.apply_scale([1.0, 0.6, 1.0])
    assert thicknesses(thin).min() < d.MIN_WALL_MM


def test_the_committed_case_has_the_sizes_of_the_source():
    size = np.ptp(trimesh.load(OUT / "case.stl").bounds, axis=0)
    assert size[2] == pytest.approx(d.HEIGHT_MM, abs=0.01)
    assert size[1] == pytest.approx(d.WIDTH_MM, abs=0.01)


def test_the_strap_covers_the_usb_socket():
    middle = d.INNER_WIDTH_MM / 2 - d.PLAY_MM - placement.FEATHER_MM[1] / 2
    assert abs(middle) + d.USB_WIDTH_MM / 2 < d.STRAP_WIDTH_MM / 2


def test_a_usual_usb_plug_goes_through_its_opening_and_meets_the_socket():
    socket = d.FEATHER_FLOOR_MM + d.FEATHER_PCB_MM + d.USB_SHELL_MM / 2
    assert socket - d.USB_PLUG_MM[1] / 2 >= d.USB_FLOOR_MM
    assert socket + d.USB_PLUG_MM[1] / 2 <= d.USB_FLOOR_MM + d.USB_HEIGHT_MM
    assert d.USB_PLUG_MM[0] < d.USB_WIDTH_MM


def contents():
    """Boxes of what lies in the case, (low corner, high corner): cell, Feather, wing, its parts."""
    corner = np.array([-d.INNER_LENGTH_MM / 2, -d.INNER_WIDTH_MM / 2, 0.0])
    at = corner + [*d.WING_AT_MM, 0.0]
    feather = at + [0, placement.UPPER_MM, d.FEATHER_FLOOR_MM]
    found = {
        "feather": (feather, feather + [*placement.FEATHER_MM, d.FEATHER_PCB_MM]),
        "wing": (at + [0, 0, d.WING_FLOOR_MM],
                 at + [placement.WIDTH_MM, placement.HEIGHT_MM, d.WING_TOP_MM]),
    }  # fmt: skip
    for part in design.PARTS:
        place = placement.PLACES[part.ref]
        if part.item.height_mm and part.ref not in ("J1", "J2", "J3"):
            low = at + [place.x_mm - 0.5, place.y_mm - 0.5, d.WING_TOP_MM]
            found[part.ref] = (low, low + [1.0, 1.0, part.item.height_mm])
    return found


def room():
    """Inside of the closed case: low corner and high corner, the lid's rim taken off."""
    half = np.array([d.INNER_LENGTH_MM / 2, d.INNER_WIDTH_MM / 2])
    return (np.array([*-half, d.WALL_MM]), np.array([*half, d.HEIGHT_MM - d.LIP_MM]))


def outside(boxes):
    low, high = room()
    return [name for name, box in boxes.items() if (box[0] < low).any() or (box[1] > high).any()]


def test_the_case_closes_over_the_highest_part():
    assert outside(contents()) == []


def test_a_plug_as_high_as_those_of_revision_a2_does_not_fit():
    """A PH plug, seated, is 7.5 mm high; the room was 17 mm for a stack of 21.7."""
    boxes = contents()
    low, high = boxes["J4"]
    assert outside(boxes | {"J4": (low, high + [0, 0, 7.5 - 4.3])}) == ["J4"]


def test_switch_plugs_and_button_are_where_the_openings_are():
    mesh = trimesh.load(OUT / "case.stl")
    for one in d.OPENINGS:
        at = [d.along_mm(one.ref), -d.WIDTH_MM / 2 - 1, d.WING_TOP_MM + 0.5 * one.high_mm]
        assert not is_blocked(mesh, at, (0, 1, 0), d.WALL_MM + 1), one.ref
        part = design.part(one.ref).item
        assert one.high_mm >= part.height_mm
    lid = trimesh.load(OUT / "lid.stl")
    button = [d.along_mm("SW1"), -d.across_mm("SW1"), -1]
    assert not is_blocked(lid, button, (0, 0, 1), 20)
    assert is_blocked(lid, [button[0] + 5, *button[1:]], (0, 0, 1), 20)


def test_each_lead_has_a_hole_of_its_own():
    mesh = trimesh.load(OUT / "case.stl")
    x, z = d.along_mm("J3"), d.WING_TOP_MM + 1.5
    way = (0, -1, 0), d.WALL_MM + 1
    for side in (-3.0, 3.0):
        assert not is_blocked(mesh, [x + side, d.WIDTH_MM / 2 + 1, z], *way)
    assert is_blocked(mesh, [x, d.WIDTH_MM / 2 + 1, z], *way)


def is_blocked(mesh, start, direction, reach_mm):
    """Whether a straight way of this length meets the solid."""
    corners = mesh.triangles
    edge_1, edge_2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(direction, edge_2)
    scale = np.einsum("ij,ij->i", edge_1, across)
    scale[np.abs(scale) < 1e-9] = np.inf  # along the way: not met
    from_corner = np.array(start, dtype=float) + 1e-3 - corners[:, 0]
    turned = np.cross(from_corner, edge_1)
    u = np.einsum("ij,ij->i", from_corner, across) / scale
    v = turned @ np.array(direction, dtype=float) / scale
    far = np.einsum("ij,ij->i", edge_2, turned) / scale
    return bool(((u >= 0) & (v >= 0) & (u + v <= 1) & (far > 0) & (far < reach_mm)).any())


def test_the_finger_touches_no_metal():
    """Two layers: the printed bed, and clear resin over the sensor, thicker than a scratch."""
    assert d.WINDOW_FLOOR_MM >= d.MIN_WALL_MM
    mesh = trimesh.load(OUT / "clip.stl")
    low = mesh.bounds[0][2]
    assert not is_blocked(mesh, [0, 0, low - 1], (0, 0, 1), 30)  # the window
    beside = [0, d.WINDOW_MM[1] / 2 + 1, low - 1]
    assert is_blocked(mesh, beside, (0, 0, 1), 30)


def test_step_files_carry_no_date():
    for name in PARTS:
        assert "2000-01-01T00:00:00" in (OUT / f"{name}.step").read_text()
