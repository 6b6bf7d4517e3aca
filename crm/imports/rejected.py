"""The rejected rows as a file to mend and send again: why, which row, then the cells as they stood."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from crm.exports.writer import defuse
from crm.tables.messages import describe

BOM = "\ufeff"
ROW, REASON = gettext_noop("Row"), gettext_noop("Reason")


class _Line:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(spool: Iterable[bytes], header: Sequence[str]) -> Iterator[str]:
    """The CSV, line by line, in the language in force when it begins; a row refused for several reasons stands once.

    Reason and row number come first: a row with more cells than the header keeps its surplus where it was, so that
    sending it again unmended is refused again.
    """
    writer = csv.writer(_Line(), lineterminator="\r\n")
    skipped = _own_columns(header)
    yield BOM + writer.writerow([_(REASON), _(ROW), *(defuse(word) for word in header[skipped:])])
    current: list | None = None
    reasons: list[str] = []

    def out() -> str:
        assert current is not None
        number, cells = current
        return writer.writerow(["\n".join(reasons), number, *(defuse(cell) for cell in cells[skipped:])])

    for raw in spool:
        number, column, code, params, cells = json.loads(raw)
        words = _("%(column)s: %(reason)s") % {"column": column, "reason": describe(code, params)}
        words = defuse(words if column else describe(code, params))
        if current is not None and current[0] == number:
            if words not in reasons:
                reasons.append(words)
            continue
        if current is not None:
            yield out()
        current, reasons = (number, cells), [words]
    if current is not None:
        yield out()


def _own_columns(header: Sequence[str]) -> int:
    """2 if the file is itself one of ours (mended and sent again), so that the columns do not pile up."""
    if len(header) < 2:
        return 0
    for language in [code for code, _name in settings.LANGUAGES]:
        with override(language):
            if (header[0], header[1]) == (_(REASON), _(ROW)):
                return 2
    return 0


def write(spool: IO[bytes], header: Sequence[str], target: IO[str]) -> None:
    for line in lines(spool, header):
        target.write(line)
