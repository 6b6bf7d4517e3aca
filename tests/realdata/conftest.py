"""The real data sets, where they are: in the folder named by QIAO_REAL_DATA, else beside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
PLACES = [ROOT / "shared" / "data" / "crm", ROOT.parent / "shared" / "data" / "crm"]


def find_folder() -> Path | None:
    if given := os.environ.get("QIAO_REAL_DATA"):
        return Path(given)
    return next((place for place in PLACES if place.is_dir()), None)


class Company:
    """A database of its own, used by nothing but the commands that docs/real-data.md shows."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
            "DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder / 'company.sqlite3'}",
            "REDIS_URL": "",
            "JOBS_EMBEDDED": "0",
            "LANGUAGE_CODE": "en",
            "MEDIA_ROOT": str(folder / "media"),
        }
        migrated.copy(self.env["DATABASE_URL"])

    def run(self, *arguments: object, code: int = 0) -> str:
        command = [sys.executable, "manage.py", *(str(argument) for argument in arguments)]
        ended = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        assert ended.returncode == code, f"{command[2:]}: exit {ended.returncode}\n{ended.stderr[-3000:]}"
        return ended.stdout

    def tell(self, *arguments: object, code: int = 0) -> dict:
        return json.loads(self.run(*arguments, "--json", code=code))


@pytest.fixture(scope="session")
def real_data():
    folder = find_folder()
    if folder is None or not folder.is_dir():
        pytest.skip("the real data sets are not here; QIAO_REAL_DATA names their folder")
    return folder


@pytest.fixture
def company(tmp_path):
    return Company(tmp_path)
