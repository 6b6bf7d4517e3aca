"""What our commands have in common: whatever stops one is told in one sentence, and the exit code is 2."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.translation import gettext as _

COULD_NOT = 2
STDOUT = Path("/dev/stdout")


class Refused(Exception):
    """Nothing was done; the text says why."""


class OurCommand(BaseCommand):
    """Exit 0: done; 2: could not be done, nothing changed (1 is for those who do a part)."""

    def execute(self, *args: Any, **options: Any) -> Any:
        try:
            return super().execute(*args, **options)
        except ValidationError as refusal:
            self.refuse("; ".join(refusal.messages), options)
        except DatabaseError as error:
            self.refuse(_of_the_database(error), options)
        except (Refused, OSError) as problem:
            self.refuse(str(problem), options)

    def refuse(self, reason: str, options: dict[str, Any]) -> NoReturn:
        self.stderr.write(reason)
        if options.get("json"):
            self.stdout.write(json.dumps({**self.nothing(options), "reason": reason}, ensure_ascii=False))
        sys.exit(COULD_NOT)

    def nothing(self, options: dict[str, Any]) -> dict[str, Any]:
        """The JSON object of a call that did nothing."""
        return {}


def _of_the_database(error: DatabaseError) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    if lines[0].startswith("no such table") or (lines[0].startswith("relation") and "does not exist" in lines[0]):
        return _("The database lacks tables; run manage.py migrate first. (%(error)s)") % {"error": lines[0]}
    return _("The database cannot be used: %(error)s") % {"error": lines[0]}


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place once it is whole; on an error `path` is as it was.

    What is no plain file is written to and stays what it is: a device or pipe (`-` is standard output), and a link
    goes on pointing where it did. Raises OSError.
    """
    target = STDOUT if str(path) == "-" else path
    plain = not target.exists() or stat.S_ISREG(target.stat().st_mode)
    target = Path(os.path.realpath(target)) if plain else target
    with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent if plain else None) as folder:
        part = Path(folder) / "part"
        yield part
        if plain:
            os.replace(part, target)
        else:
            with part.open("rb") as whole, target.open("wb") as out:
                shutil.copyfileobj(whole, out)
