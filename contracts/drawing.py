"""A signature that is drawn: strokes of whole numbers, checked, kept as text, and shown as a picture. Pure.

A stroke is a list of points [x, y] in thousandths of the box's width. No picture of anybody's making is kept, only the numbers.
"""

import json

from partnernet.core.errors import Invalid

WIDTH, HEIGHT = 1000, 1000
MOST_STROKES, MOST_POINTS, LEAST_POINTS = 100, 4000, 8
PEN = 6
MARGIN = 10

Stroke = list[list[int]]


def read(typed: str) -> str:
    """Return strokes as they are kept; nothing for a box that was left empty.

    Raises Invalid for what no pen can have drawn, or for a dot.
    """
    if not typed.strip():
        return ""
    try:
        strokes = json.loads(typed[:200_000])
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not _fits(strokes):
        raise _unreadable()
    if not strokes:
        return ""
    if sum(map(len, strokes)) < LEAST_POINTS:
        raise Invalid({"drawing": ["This is only a dot. Draw your name, or clear the box."]})
    return json.dumps(strokes, separators=(",", ":"))


def svg(drawing: str) -> str:
    """Return the picture of kept strokes, cut to where the pen went: black on nothing, in its own proportions."""
    left, top, width, height = frame(drawing)
    lines = f'<path d="{path(drawing)}" fill="none" stroke="#111" stroke-width="{PEN}" stroke-linecap="round" stroke-linejoin="round"/>'
    box = f"{left} {top} {width} {height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{box}">{lines}</svg>'


def path(drawing: str) -> str:
    """Return the strokes as the path of an SVG."""
    strokes: list[Stroke] = json.loads(drawing)
    return " ".join("M" + " L".join(f"{x} {y}" for x, y in stroke) for stroke in strokes)


def frame(drawing: str) -> tuple[int, int, int, int]:
    """Return left, top, width and height of where the pen went, with a margin."""
    points = [point for stroke in json.loads(drawing) for point in stroke]
    across, down = [x for x, _ in points], [y for _, y in points]
    left, top = min(across) - MARGIN, min(down) - MARGIN
    return left, top, max(across) + MARGIN - left, max(down) + MARGIN - top


def _fits(strokes: object) -> bool:
    """Say whether this is what a pen leaves in the box: some strokes, each of some points inside it."""
    if not isinstance(strokes, list) or len(strokes) > MOST_STROKES:
        return False
    if not all(isinstance(stroke, list) and stroke for stroke in strokes):
        return False
    if sum(len(stroke) for stroke in strokes) > MOST_POINTS:
        return False
    return all(_is_point(point) for stroke in strokes for point in stroke)


def _is_point(point: object) -> bool:
    return (
        isinstance(point, list)
        and len(point) == 2
        and all(type(number) is int for number in point)
        and 0 <= point[0] <= WIDTH
        and 0 <= point[1] <= HEIGHT
    )


def _unreadable() -> Invalid:
    return Invalid({"drawing": ["The drawing did not arrive whole. Clear the box and draw it again."]})
