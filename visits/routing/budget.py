"""How much a search may use: seconds of the process's CPU, or turns (which give the same plan on any machine)."""

from __future__ import annotations

import time
from collections.abc import Callable


class Budget:
    """Seconds of CPU, or turns if they are given. cancel: asked now and then; once true, nothing is left."""

    def __init__(
        self,
        seconds: float,
        turns: int | None = None,
        progress: Callable[[float], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ):
        self.seconds = max(0.0, seconds)
        self.turns = turns
        self.done = 0
        self.progress = progress
        self.cancel = cancel
        self.cancelled = False
        self.began = time.process_time()

    def spent(self) -> float:
        """From 0 to 1."""
        if self.cancelled:
            return 1.0
        if self.cancel is not None and self.cancel():
            self.cancelled = True
            return 1.0
        if self.turns is not None:
            part = self.done / self.turns if self.turns else 1.0
        else:
            part = (time.process_time() - self.began) / self.seconds if self.seconds else 1.0
        part = min(1.0, part)
        if self.progress is not None:
            self.progress(part)
        return part

    def elapsed(self) -> float:
        return time.process_time() - self.began

    def next_chunk(self, chunk: int, took: float, upto: float) -> int:
        """How many turns to make before looking again."""
        if self.turns is not None:
            return max(0, min(100, round(upto * self.turns) - self.done))
        if took <= 0.0:
            return chunk
        return max(1, min(5000, int(chunk * min(2.0, max(0.2, 0.03 / took)))))


def clock() -> float:
    return time.process_time()
