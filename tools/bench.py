"""Every benchmark at a small size, on PostgreSQL (the machine's, else one from pip): does it run, and what does it say?

`python -m benchmarks.NAME --help` tells how to run one at its full size.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import services  # noqa: E402

SMALL = {
    "tiers": ["--customers", "20000"],
    "changes": ["--customers", "20000"],
    "sales_import": ["--rows", "50000"],
    "pages": ["--customers", "5000"],
    "routing": ["--seconds", "1", "--growth", "50"],
    "uplift": ["--shops", "2000"],
}


def main() -> int:
    bad = []
    with services.postgres() as address:
        env = {**os.environ, "DEBUG": "1", "JOBS_EMBEDDED": "0", "REDIS_URL": "", "DATABASE_URL": address}
        for name, size in SMALL.items():
            print(f"\n== benchmarks.{name} {' '.join(size)}", flush=True)
            command = [sys.executable, "-m", f"benchmarks.{name}", *size]
            if subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0:
                bad.append(name)
    print(f"\n== failed: {', '.join(bad)}" if bad else "\n== all benchmarks ran")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
