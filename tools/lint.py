"""Linter, types, models against migrations, translations."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

CHECKS = [
    ("linter", [str(BIN / "ruff"), "check", "."]),
    ("layout", [str(BIN / "ruff"), "format", "--check", "."]),
    ("types", [str(BIN / "mypy"), "crm", "customers", "visits", "promotions"]),
    ("migrations", [str(BIN / "python"), "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("deployment settings", [str(BIN / "python"), "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
]


def run() -> int:
    bad = 0
    for name, command in CHECKS:
        env = {**os.environ, "DEBUG": "1"}
        if name == "deployment settings":
            env |= {"DEBUG": "0", "SECRET_KEY": "k7Qw-x9aZ_" * 8, "ALLOWED_HOSTS": "qiao.test", "TLS": "1"}
        print(f"== {name}", flush=True)
        bad += subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0
    return bad


if __name__ == "__main__":
    sys.exit(1 if run() else 0)
