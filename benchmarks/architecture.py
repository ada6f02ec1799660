"""The picture of docs/architecture.md: which room imports which, from the imports as they are.

    python -m benchmarks.architecture    # draw it anew, after an import between rooms was added or removed

An arrow that follows from others (a room reaches what its own rooms reach) is left out of the picture.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by python -m benchmarks.architecture -->", "<!-- end of the picture -->"
PACKAGES = ("blue", "training")
GROUND = ("datatypes", "errors", "control_characters", "shipped")  # of blue: the words that every room uses


def arrows() -> dict[str, set[str]]:
    """Room -> the rooms that it imports; the modules that everybody uses are no rooms."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, set[str]] = {room: set() for name in graph.modules if (room := room_of(name))}
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            above, below = room_of(importer), room_of(imported)
            if above and below and above != below:
                found[above].add(below)
    return found


def room_of(module: str) -> str | None:
    """
    >>> room_of("blue.history.parsing"), room_of("blue.errors"), room_of("training.grpo.train")
    ('blue.history', None, 'training.grpo')
    """
    package, *inner = module.split(".")
    if not inner or (package == "blue" and inner[0] in (*GROUND, "__main__")):
        return None
    return f"{package}.{inner[0]}"


def reduced(arrows: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Without the arrows that follow from others. ValueError where rooms import each other in a circle.

    >>> reduced({"a": {"b", "c"}, "b": {"c"}, "c": set()})
    {'a': ['b'], 'b': ['c'], 'c': []}
    """
    reached: dict[str, set[str]] = {}

    def reach(room: str, above: tuple[str, ...] = ()) -> set[str]:
        if room in above:
            raise ValueError(f"a circle of imports: {' -> '.join((*above, room))}")
        if room not in reached:
            reached[room] = {far for near in arrows[room] for far in {near} | reach(near, (*above, room))}
        return reached[room]

    for room in arrows:
        reach(room)
    return {
        room: sorted(near for near in below if not any(near in reached[other] for other in below))
        for room, below in sorted(arrows.items())
    }


def picture() -> str:
    """A Mermaid flow chart, a frame a package; an arrow goes from who imports to what is imported."""
    shown = reduced(arrows())
    lines = ["```mermaid", "flowchart TD"]
    for package in PACKAGES:
        rooms = [room for room in shown if room.startswith(f"{package}.")]
        boxes = [f"    {_id(room)}({_name(room)})" for room in rooms]
        lines += [f'  subgraph {package}["{package}/"]', *boxes, "  end"]
    lines += [f"  {_id(room)} --> {_id(below)}" for room in shown for below in shown[room]]
    return "\n".join([*lines, "```"])


def _id(room: str) -> str:
    return room.replace(".", "_")


def _name(room: str) -> str:
    return room.partition(".")[2].replace("_", " ")


def drawn_on(page: str) -> str:
    """The page with the picture of today between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{picture()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn_on(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"drawn in {PAGE.name}")
