"""H17: the case is one closed body with walls thick enough to print, and covers what it must."""

from pathlib import Path

import numpy as np
import pytest
import trimesh

from hardware.enclosure import dimensions as d

OUT = Path(__file__).parents[2] / "hardware" / "out" / "enclosure"
PARTS = ("case", "lid")


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
    assert d.STRAP_WIDTH_MM > d.USB_WIDTH_MM + 4


def test_step_files_carry_no_date():
    for name in PARTS:
        assert "2000-01-01T00:00:00" in (OUT / f"{name}.step").read_text()
