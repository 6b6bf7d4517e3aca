"""Compiled when numba is there, plain Python when it is not: the same functions either way, with the same answers.

`QIAO_PLAIN=1` in the environment leaves numba out, to compare the two. What was compiled is kept on disk, beside the
code or where NUMBA_CACHE_DIR says, in a folder named after the source: numba itself looks only at the file of the
function called, and would go on using what was compiled from an older version of the functions it calls. Where nothing
can be written, each process compiles for itself.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

try:
    import numba
except ImportError:
    numba = None

COMPILED = numba is not None and os.environ.get("QIAO_PLAIN", "") in ("", "0")
SOURCES = ("compiling.py", "state.py", "fitting.py", "choosing.py", "kernel.py")


def _folder() -> Path | None:
    """Where to keep what was compiled: the first place that can be written to."""
    here = Path(__file__).resolve().parent
    text = b"".join((here / name).read_bytes() for name in SOURCES)
    name = f"qiao-routing-{hashlib.sha256(text).hexdigest()[:16]}"
    asked = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(asked)] if asked else [here / "__pycache__", Path.home() / ".cache"]
    for place in places:
        try:
            folder = place / name
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return None


if COMPILED:
    FOLDER = _folder()
    if FOLDER is not None:
        numba.config.CACHE_DIR = str(FOLDER)


def compiled(function: Callable, inline: bool = False) -> Callable:
    """Without numba's counting of references (`_nrt`): nothing here makes an array, and counting each that is handed on
    took more than half of the time. A function that did make one would not compile."""
    if not COMPILED:
        return function
    options: dict[str, Any] = {"cache": FOLDER is not None, "nogil": True, "forceinline": inline, "_nrt": False}
    return numba.njit(**options)(function)


def inlined(function: Callable) -> Callable:
    """For what is called at each turn: handing over some thirty arrays takes longer than most of the work."""
    return compiled(function, inline=True)
