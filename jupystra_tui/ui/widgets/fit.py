"""Fits pieces of text into a width in cells; wide characters count two."""

from rich.cells import cell_len, set_cell_size

from jupystra_tui.ui.theme import Piece, Pieces


def width_of(pieces: Pieces) -> int:
    """Return the width of the pieces in cells."""
    return sum(cell_len(text) for text, _ in pieces)


def fit(pieces: Pieces, width: int, *, right: bool = False) -> list[Piece]:
    """Return the pieces in exactly `width` cells: padded, or cut with an ellipsis."""
    spare = width - width_of(pieces)
    if spare < 0:
        return _cut(pieces, width)
    padding = [(" " * spare, "")] if spare else []
    return [*padding, *pieces] if right else [*pieces, *padding]


def _cut(pieces: Pieces, width: int) -> list[Piece]:
    kept: list[Piece] = []
    for text, tone in pieces:
        size = cell_len(text)
        if size >= width:
            # set_cell_size gives a space for half a wide character
            kept.append((set_cell_size(text, max(0, width - 1)) + "…" if width > 0 else "", tone))
            break
        kept.append((text, tone))
        width -= size
    return kept
