"""CPU seconds of client and server, WAL written, and peaks of memory: what a loaded machine does not falsify."""

from __future__ import annotations

import os
import resource
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """cpu: client + server seconds. server is 0 for SQLite, which works inside the client."""

    client: float = 0.0
    server: float = 0.0
    wall: float = 0.0
    wal: int = 0

    @property
    def cpu(self) -> float:
        return self.client + self.server

    def rate(self, rows: int) -> float:
        """Rows per CPU second."""
        return rows / self.cpu if self.cpu else 0.0

    def plain(self) -> dict[str, float]:
        return {
            "cpu": round(self.cpu, 3),
            "client": round(self.client, 3),
            "server": round(self.server, 3),
            "wall": round(self.wall, 3),
            "wal_mb": round(self.wal / 1e6, 3),
        }


@contextmanager
def measured():
    """Measure what happens inside on Django's connection; the server must be on this machine to be counted."""
    from django.db import connection

    cost = Cost()
    pid, wal = _server(connection)
    began, client, server = time.perf_counter(), _client_cpu(), _server_cpu(pid)
    yield cost
    cost.client, cost.server = _client_cpu() - client, _server_cpu(pid) - server
    cost.wall = time.perf_counter() - began
    if pid is not None:
        cost.wal = _server(connection)[1] - wal


def backend_peak_mb() -> float | None:
    """The most memory of its own that the server process of this connection ever held (shared buffers left out)."""
    from django.db import connection

    pid, _wal = _server(connection)
    if pid is None:
        return None
    status = Path(f"/proc/{pid}/status").read_text()
    values = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith(("VmHWM", "Rss"))}
    return (int(values["VmHWM"]) - int(values.get("RssShmem", 0))) / 1024


def client_peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _server(connection) -> tuple[int | None, int]:
    if connection.vendor != "postgresql":
        return None, 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), (pg_current_wal_insert_lsn() - '0/0')::bigint")
        return cursor.fetchone()


def _client_cpu() -> float:
    return time.process_time()


def _server_cpu(pid: int | None) -> float:
    """CPU of a process in nanosecond steps where the kernel keeps them, else in clock ticks."""
    if pid is None:
        return 0.0
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
