"""One row of a customers' file: every cell to a value, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crm.imports.kinds import Source
from crm.imports.report import Report
from crm.tables.headers import same_header
from crm.tables.messages import BadCell


class RowJudge:
    def __init__(self, source: Source, parsers: Mapping[str, Callable[[Any], Any]], report: Report):
        self.header, self.report = source.header, report
        self.width = len(source.header)
        self.unnamed = [index for index, word in enumerate(source.header) if not str(word).strip()]
        self.columns = [(name, index, parsers[name]) for name, index in source.mapping.items()]

    def values(self, line: int, cells: Sequence[Any]) -> dict[str, Any] | None:
        """{field: value} of the columns there are; None if the row was refused."""
        if not self._shape_is_right(line, cells):
            return None
        found: dict[str, Any] = {}
        right = True
        for name, index, parse in self.columns:
            cell = cells[index] if index < len(cells) else None
            try:
                found[name] = parse(cell)
            except BadCell as bad:
                right = self._refuse(line, index, cell, bad.code, bad.params, cells)
        if right and not found["code"]:
            index = next(index for name, index, _parse in self.columns if name == "code")
            right = self._refuse(line, index, "", "required", {}, cells)
        return found if right else None

    def _shape_is_right(self, line: int, cells: Sequence[Any]) -> bool:
        if len(cells) > self.width:
            return self._refuse(
                line, None, cells[self.width], "too_many_cells", {"cells": len(cells), "columns": self.width}, cells
            )
        for index in self.unnamed:
            if index < len(cells) and cells[index] not in (None, ""):
                return self._refuse(line, None, cells[index], "cell_without_header", {"column": index + 1}, cells)
        if same_header(cells, self.header):
            return self._refuse(line, None, "", "repeated_header", {}, cells)
        return True

    def _refuse(self, line: int, index: int | None, value: Any, code: str, params: dict, cells: Sequence) -> bool:
        self.report.refuse(line, "" if index is None else str(self.header[index]), value, code, params, cells)
        return False
