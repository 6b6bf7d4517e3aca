"""One row of a customers' file: every cell to a value, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from crm.imports.kinds import Source
from crm.imports.report import Report
from crm.tables.messages import BadCell
from crm.tables.reader import row_problem


class RowJudge:
    def __init__(self, source: Source, parsers: Mapping[str, Callable[[Any], Any]], report: Report):
        self.header, self.report = source.header, report
        self.columns = [(name, index, parsers[name]) for name, index in source.mapping.items()]

    def values(self, line: int, cells: list) -> dict[str, Any] | None:
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

    def _shape_is_right(self, line: int, cells: list) -> bool:
        problem = row_problem(cells)
        if problem is None:
            return True
        index = cells.column
        value = "" if index is None or index >= len(cells) else cells[index]
        return self._refuse(line, None, value, problem.code, problem.params, cells)

    def _refuse(self, line: int, index: int | None, value: Any, code: str, params: dict, cells: Sequence) -> bool:
        self.report.refuse(line, "" if index is None else str(self.header[index]), value, code, params, cells)
        return False
