"""Row errors: the first 200 for the screen and the row, all of them spooled for the file of rejected rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm.tables.folding import visible

SHOWN = 200
LONGEST_VALUE = 80
SORTED_BYTES = 8 * 1024 * 1024


def plain_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """What a reason's sentence needs, as JSON keeps it."""
    return {
        key: [str(part) for part in value]
        if isinstance(value, list | tuple)
        else value
        if isinstance(value, int | float)
        else str(value)
        for key, value in params.items()
    }


@dataclass
class Report:
    """Collects what was refused. `spool` gets every rejected row as it stood, one JSON object a line and reason.

    A row refused for several reasons in a row counts once; its reasons stand one below another.
    """

    header: Sequence[str]
    spool: Path | None = None
    rejected: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)
    _last_row: int | None = None
    _out_of_order: bool = False
    _handle: Any = None

    def refuse(
        self, row: int, column: str, value: Any, code: str, params: dict | None = None, cells: Sequence = ()
    ) -> None:
        """row: number a person sees; column: the header's word; code and params: a reason of crm.tables.messages."""
        shown = "" if value is None else visible(str(value))
        if len(shown) > LONGEST_VALUE:
            shown = shown[: LONGEST_VALUE - 1] + "…"
        if row != self._last_row:
            self.rejected += 1
            self._out_of_order = self._out_of_order or row < (self._last_row or 0)
            self._last_row = row
        params = plain_params(params or {})
        if len(self.errors) < SHOWN:
            self.errors.append({"row": row, "column": column, "value": shown, "code": code, "params": params})
        if self.spool is not None:
            if self._handle is None:
                self._handle = self.spool.open("w", encoding="utf-8", newline="\n")
            plain = ["" if cell is None else str(cell) for cell in cells]
            json.dump([row, column, code, params, plain], self._handle, ensure_ascii=False, separators=(",", ":"))
            self._handle.write("\n")

    def close(self) -> None:
        """Bring all in the order of rows: some only prove wrong when all are known. (Very many stay as they came.)"""
        self.errors.sort(key=lambda error: error["row"])
        if self._handle is None:
            return
        self._handle.close()
        self._handle = None
        if self._out_of_order and self.spool.stat().st_size <= SORTED_BYTES:
            lines = self.spool.read_bytes().splitlines(keepends=True)
            lines.sort(key=lambda line: int(line[1 : line.index(b",")]))
            self.spool.write_bytes(b"".join(lines))
