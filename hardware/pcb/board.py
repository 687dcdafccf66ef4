"""Make the wing in KiCad and let it check and plot it. Runs in the system's Python, for pcbnew."""

import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "shared")]

import pcbnew  # noqa: E402

from hardware import design, tools  # noqa: E402
from hardware.order import lists, pack  # noqa: E402
from hardware.pcb import kicad, pictures, placement, router, verify  # noqa: E402
from hardware.pcb.pictures import ORIGIN_MM  # noqa: E402

GROUND = "GND"
EDGE_MM = 0.5  # of poured copper from the rim
_NAME = "dyadkit-wing"
_SEED = 1  # of the identifiers KiCad gives its items and sorts them by
_DATED = re.compile(r"^(%TF\.CreationDate|%TF\.GenerationSoftware|; #@! TF\.CreationDate|"
                    r"; #@! TF\.GenerationSoftware|G04 Created by KiCad|; DRILL file|"
                    r"; FORMAT=).*\n?", re.MULTILINE)  # fmt: skip
PLOTS = (
    ("F_Cu", "F.Cu"), ("B_Cu", "B.Cu"), ("F_Mask", "F.Mask"), ("B_Mask", "B.Mask"),
    ("F_Paste", "F.Paste"), ("F_SilkS", "F.SilkS"), ("B_SilkS", "B.SilkS"),
    ("Edge_Cuts", "Edge.Cuts"),
)  # fmt: skip


def point(x_mm: float, y_mm: float) -> Any:
    """A place on the board in KiCad's units."""
    return kicad.point_mm(ORIGIN_MM + x_mm, ORIGIN_MM + y_mm)


def placed() -> Any:
    """The board with its outline and parts, not routed."""
    pcbnew.KIID.SeedGenerator(_SEED)
    board = pcbnew.BOARD()
    kicad.set_rules(board)
    _outline(board)
    nets = {}
    for name in design.nets():
        nets[name] = pcbnew.NETINFO_ITEM(board, name)
        board.Add(nets[name])
    for part in design.PARTS:
        _add(board, part, nets)
    _add_marks(board)
    _print(board)
    return board


def _add_marks(board: Any) -> None:
    """Marks for the placing machine and holes for screws: copper and air, no parts."""
    marks = [("Fiducial", "Fiducial_0.75mm_Mask1.5mm", "FID", placement.FIDUCIALS),
             ("MountingHole", "MountingHole_2.2mm_M2", "H", placement.HOLES)]  # fmt: skip
    for library, name, letter, places in marks:
        for number, place in enumerate(places, start=1):
            mark = pcbnew.FootprintLoad(str(tools.FOOTPRINTS / f"{library}.pretty"), name)
            mark.SetReference(f"{letter}{number}")
            mark.SetFPID(pcbnew.LIB_ID(library, name))
            mark.SetPosition(point(*place))
            _draw_for_assembly_only(mark)
            board.Add(mark)


def _outline(board: Any) -> None:
    w, h = placement.WIDTH_MM, placement.HEIGHT_MM
    corners = [(0, 0), (w, 0), (w, h), (0, h)]
    for one, other in zip(corners, corners[1:] + corners[:1], strict=True):
        line = pcbnew.PCB_SHAPE(board)
        line.SetShape(pcbnew.SHAPE_T_SEGMENT)
        line.SetStart(point(*one))
        line.SetEnd(point(*other))
        line.SetLayer(pcbnew.Edge_Cuts)
        line.SetWidth(pcbnew.FromMM(0.1))
        board.Add(line)


def _add(board: Any, part: design.Part, nets: dict[str, Any]) -> None:
    library, name = part.item.footprint.split(":")
    footprint = pcbnew.FootprintLoad(str(tools.FOOTPRINTS / f"{library}.pretty"), name)
    place = placement.PLACES[part.ref]
    footprint.SetReference(part.ref)
    footprint.SetValue(part.value)
    footprint.SetFPID(pcbnew.LIB_ID(library, name))
    footprint.SetPosition(point(place.x_mm, place.y_mm))
    footprint.SetOrientationDegrees(place.turn_deg)
    for pad in footprint.Pads():
        net = part.pins.get(pad.GetNumber(), ("", ""))[1]
        if net:
            pad.SetNet(nets[net])
    board.Add(footprint)
    if part.ref in placement.ON_THE_BACK:
        kicad.turn_over(footprint, point(place.x_mm, place.y_mm))
    _draw_for_assembly_only(footprint)


def _draw_for_assembly_only(footprint: Any) -> None:
    """Move what would be printed to the assembly drawing: there is no room beside the pads."""
    footprint.Value().SetVisible(False)  # noqa: FBT003
    printed, drawn = (pcbnew.F_SilkS, pcbnew.F_Fab)
    if footprint.IsFlipped():
        printed, drawn = (pcbnew.B_SilkS, pcbnew.B_Fab)
    footprint.Reference().SetLayer(drawn)
    for drawing in footprint.GraphicalItems():
        if drawing.GetLayer() == printed:
            drawing.SetLayer(drawn)


def _print(board: Any) -> None:
    """What is printed on both sides."""
    for side, words, x_mm, y_mm, turn_deg, size_mm in placement.PRINTED:
        text = pcbnew.PCB_TEXT(board)
        text.SetText(words)
        text.SetPosition(point(x_mm, y_mm))
        kicad.turn(text, turn_deg)
        text.SetLayer(pcbnew.F_SilkS if side == "front" else pcbnew.B_SilkS)
        text.SetMirrored(side == "back")
        text.SetTextSize(kicad.size_mm(size_mm, size_mm))
        text.SetTextThickness(pcbnew.FromMM(0.15))
        board.Add(text)


def pads_of(board: Any) -> list[router.BoardPad]:
    """The pads as the router sees them."""
    found = []
    for footprint in board.GetFootprints():
        for pad in footprint.Pads():
            box, at = pad.GetBoundingBox(), pad.GetPosition()
            box.Inflate(max(0, (pad.GetLocalClearance() or 0) - pcbnew.FromMM(router.CLEARANCE_MM)))
            layers = tuple(
                index
                for index, layer in enumerate((pcbnew.F_Cu, pcbnew.B_Cu))
                if pad.IsOnLayer(layer)
            )
            found.append(
                router.BoardPad(
                    pad.GetNetname(), pcbnew.ToMM(at.x) - ORIGIN_MM, pcbnew.ToMM(at.y) - ORIGIN_MM,
                    pcbnew.ToMM(box.GetWidth()) / 2, pcbnew.ToMM(box.GetHeight()) / 2, layers,
                )
            )  # fmt: skip
    return found


def routed() -> Any:
    """The board with tracks, vias, and the outline of the ground that fills the rest."""
    board = placed()
    ways = router.route(
        (placement.WIDTH_MM, placement.HEIGHT_MM),
        pads_of(board),
        placement.ROUTED_FIRST,
        GROUND,
        placement.CLEARANCES_MM,
    )
    nets = board.GetNetsByName()
    for track in ways.tracks:
        line = pcbnew.PCB_TRACK(board)
        line.SetStart(point(*track.start_mm))
        line.SetEnd(point(*track.stop_mm))
        line.SetLayer((pcbnew.F_Cu, pcbnew.B_Cu)[track.layer])
        line.SetWidth(pcbnew.FromMM(router.TRACK_MM))
        line.SetNet(nets[track.net])
        board.Add(line)
    for hole in ways.vias:
        via = pcbnew.PCB_VIA(board)
        via.SetPosition(point(hole.x_mm, hole.y_mm))
        kicad.set_width(via, router.VIA_MM)
        via.SetDrill(pcbnew.FromMM(0.3))
        via.SetNet(nets[hole.net])
        board.Add(via)
    w, h = placement.POURED_TO_MM, placement.HEIGHT_MM - EDGE_MM
    _pour(board, nets[GROUND], (EDGE_MM, EDGE_MM, w, h), 0)
    for box in placement.UNPOURED_BOXES:
        _forbid_pouring(board, box)
    for rank, (net, box) in enumerate(placement.GUARD_BOXES.items(), start=1):
        _pour(board, nets[net], box, rank)
    return board


def _pour(board: Any, net: Any, box: tuple[float, float, float, float], rank: int) -> None:
    """Fill a box (left, top, right, bottom) of both sides; a higher rank goes first."""
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        zone = _zone(board, layer, box)
        zone.SetNet(net)
        kicad.set_rank(zone, rank)
        zone.SetLocalClearance(pcbnew.FromMM(0.25))
        zone.SetMinThickness(pcbnew.FromMM(0.25))
        zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
        board.Add(zone)


def _forbid_pouring(board: Any, box: tuple[float, float, float, float]) -> None:
    for layer in (pcbnew.F_Cu, pcbnew.B_Cu):
        area = _zone(board, layer, box)
        area.SetIsRuleArea(True)  # noqa: FBT003
        area.SetDoNotAllowCopperPour(True)  # noqa: FBT003
        area.SetDoNotAllowTracks(False)  # noqa: FBT003
        area.SetDoNotAllowVias(False)  # noqa: FBT003
        area.SetDoNotAllowPads(False)  # noqa: FBT003
        area.SetDoNotAllowFootprints(False)  # noqa: FBT003
        board.Add(area)


def _zone(board: Any, layer: int, box: tuple[float, float, float, float]) -> Any:
    left, top, right, bottom = box
    zone = pcbnew.ZONE(board)
    zone.SetLayer(layer)
    corners = kicad.no_corners()
    for corner in ((left, top), (right, top), (right, bottom), (left, bottom)):
        corners.append(point(*corner))
    zone.AddPolygon(corners)
    return zone


def finished(board: Any, file: Path) -> Any:
    """The board with its ground filled, as it is in the file."""
    pcbnew.SaveBoard(str(file), board)
    board = pcbnew.LoadBoard(str(file))  # filling needs a board that was read
    pcbnew.ZONE_FILLER(board).Fill(board.Zones())
    pcbnew.SaveBoard(str(file), board)
    for extra in (".kicad_prl", ".kicad_pro"):
        file.with_suffix(extra).unlink(missing_ok=True)
    return pcbnew.LoadBoard(str(file))


def plot(board: Any, folder: Path) -> None:
    """Gerber files, drill file and pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    controller = pcbnew.PLOT_CONTROLLER(board)
    options = controller.GetPlotOptions()
    options.SetOutputDirectory(str(folder))
    options.SetPlotFrameRef(False)  # noqa: FBT003
    options.SetUseGerberX2format(True)  # noqa: FBT003
    options.SetCreateGerberJobFile(False)  # noqa: FBT003
    corner = point(0, placement.HEIGHT_MM)  # lower left: gerber, drills and places count from it
    board.GetDesignSettings().SetAuxOrigin(corner)
    options.SetUseAuxOrigin(True)  # noqa: FBT003
    options.SetIncludeGerberNetlistInfo(True)  # noqa: FBT003
    for suffix, layer in PLOTS:
        controller.SetLayer(board.GetLayerID(layer))
        controller.OpenPlotfile(suffix, pcbnew.PLOT_FORMAT_GERBER, layer)
        controller.PlotLayer()
    controller.ClosePlot()
    drill = pcbnew.EXCELLON_WRITER(board)
    drill.SetOptions(False, False, corner, False)  # noqa: FBT003
    drill.SetFormat(True)  # noqa: FBT003
    drill.CreateDrillandMapFilesSet(str(folder), True, False)  # noqa: FBT003
    for file in folder.iterdir():
        file.write_text(_DATED.sub("", file.read_text()))


def main(target: Path) -> None:
    """Make, check and plot the board; exit with the number of faults."""
    target.mkdir(parents=True, exist_ok=True)
    board = finished(routed(), target / f"{_NAME}.kicad_pcb")
    violations, unconnected, report = verify.check(board)
    plot(board, target / "gerber")
    for side in pictures.SIDES:
        (target / f"board-{side}.svg").write_text(pictures.draw(board, side))
    positions = {ref: lists.Position(*place) for ref, place in verify.placed(board).items()}
    folder = target.with_name(target.name.replace("pcb", "order"))
    pack.write(folder, target / "gerber", positions, pictures.draw(board, pictures.ASSEMBLY))
    print(f"{violations} violations, {unconnected} unconnected")  # noqa: T201
    if violations + unconnected:
        sys.exit(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
