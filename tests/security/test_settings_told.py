"""docs/operators.md names every setting that the environment gives, and every nightly job with its hour."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).parents[2]
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


def test_every_setting_of_the_environment_is_told():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "crm" / "settings.py").read_text(encoding="utf-8")))
    table = OPERATORS.split("## Settings")[1].split("\n## ")[0]
    told = {
        name
        for line in table.splitlines()
        if line.startswith("|")
        for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1])
    }
    assert read - told == set()
    assert told - read == set()


def test_every_nightly_job_is_told_with_its_hour():
    told = OPERATORS.split("## Nightly")[1].split("\n## ")[0]
    assert re.findall(r"\b\d\d:\d\d\b", told) == [at for at, _kind in settings.NIGHTLY]
    for _at, kind in settings.NIGHTLY:
        assert f"`{kind}`" in told, kind
    for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
        assert f"`{name}` every {entry['schedule']:.0f} seconds" in told, name
