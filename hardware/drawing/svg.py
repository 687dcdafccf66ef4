"""Just enough SVG: lines, boxes, circles and words in millimetres, one string at the end."""

from html import escape

INK = "#1a1a1a"
FAINT = "#5f6368"
FONT = "font-family='DejaVu Sans, Verdana, sans-serif'"

Point = tuple[float, float]


class Sheet:
    """A drawing of this size in millimetres; y goes down."""

    def __init__(self, width_mm: float, height_mm: float) -> None:
        self.width_mm = width_mm
        self.height_mm = height_mm
        self._items: list[str] = []

    def line(self, points: "list[Point]", colour: str = INK, width_mm: float = 0.3) -> None:
        """A line through points."""
        path = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
        self._items.append(
            f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='{width_mm:g}'"
            " stroke-linejoin='round' stroke-linecap='round'/>"
        )

    def area(self, points: "list[Point]", fill: str, colour: str = INK) -> None:
        """A filled polygon."""
        path = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
        self._items.append(
            f"<polygon points='{path}' fill='{fill}' stroke='{colour}' stroke-width='0.3'/>"
        )

    def box(
        self, corner: Point, size: Point, fill: str = "none", colour: str = INK, round_mm: float = 0
    ) -> None:
        """A box from its upper left corner."""
        self._items.append(
            f"<rect x='{corner[0]:.3f}' y='{corner[1]:.3f}' width='{size[0]:.3f}'"
            f" height='{size[1]:.3f}' rx='{round_mm:g}' fill='{fill}' stroke='{colour}'"
            " stroke-width='0.3'/>"
        )

    def dot(self, centre: Point, radius_mm: float, fill: str = INK, colour: str = "none") -> None:
        """A filled circle."""
        self._items.append(
            f"<circle cx='{centre[0]:.3f}' cy='{centre[1]:.3f}' r='{radius_mm:g}' fill='{fill}'"
            f" stroke='{colour}' stroke-width='0.3'/>"
        )

    def text(
        self, at: Point, words: str, size_mm: float = 2.5, anchor: str = "start", colour: str = INK
    ) -> None:
        """Words on a baseline; anchor is start, middle or end."""
        self._items.append(
            f"<text x='{at[0]:.3f}' y='{at[1]:.3f}' font-size='{size_mm:g}' {FONT}"
            f" text-anchor='{anchor}' fill='{colour}'>{escape(words)}</text>"
        )

    def svg(self) -> str:
        """The drawing."""
        w, h = self.width_mm, self.height_mm
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' width='{w:g}mm' height='{h:g}mm'"
            f" viewBox='0 0 {w:g} {h:g}'>\n<rect width='{w:g}' height='{h:g}' fill='#ffffff'/>\n"
            + "\n".join(self._items)
            + "\n</svg>\n"
        )
