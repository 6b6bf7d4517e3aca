"""A link as a QR code: the side of its square and one path of its dark modules, for an SVG without any style."""

from __future__ import annotations

import qrcode

QUIET = 4


def drawn(text: str) -> tuple[int, str]:
    """(side in modules with the quiet zone, path data): a row of adjoining modules is one rectangle."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    parts = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            start = x
            while x < len(row) and row[x]:
                x += 1
            parts.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
    return len(matrix), "".join(parts)
