"""The netlist in KiCad's format: what pcbnew and every other board program reads."""

from hardware import design

PROJECT = "dyadkit-wing"


def kicad_netlist() -> str:
    """Components and nets as an S-expression; no dates, so that it is the same each time."""
    components = "\n".join(_component(part) for part in design.PARTS)
    nets = "\n".join(
        _net(code, name, pins) for code, (name, pins) in enumerate(design.nets().items(), start=1)
    )
    return (
        '(export (version "E")\n'
        f' (design (source "hardware/design.py") (tool "dyadkit {design.REVISION}"))\n'
        f" (components\n{components})\n (nets\n{nets}))\n"
    )


def _component(part: design.Part) -> str:
    item = part.item
    return (
        f'  (comp (ref "{part.ref}") (value "{part.value}") (footprint "{item.footprint}")\n'
        f'   (fields (field (name "MPN") "{item.mpn}") (field (name "Maker") "{item.maker}"))\n'
        f'   (libsource (lib "dyadkit") (part "{part.value}") (description "{part.purpose}")))'
    )


def _net(code: int, name: str, pins: list[tuple[str, str]]) -> str:
    nodes = "\n".join(f'   (node (ref "{ref}") (pin "{number}"))' for ref, number in pins)
    return f'  (net (code "{code}") (name "{name}")\n{nodes})'
