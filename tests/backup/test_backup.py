"""One file holds all; a damaged one is refused and nothing is touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import migrated

ROOT = Path(__file__).resolve().parent.parent.parent
COUNT = "from crm.models import Region; print(','.join(Region.objects.order_by('code').values_list('code', flat=True)))"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def company(request, tmp_path):
    """A database of its own with one region and one upload, driven through manage.py as an operator does."""
    environment = {**os.environ, "DEBUG": "1", "REDIS_URL": "", "MEDIA_ROOT": str(tmp_path / "media")}
    if request.param == "sqlite":
        environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'qiao.sqlite3'}"
    else:
        import psycopg2

        server = os.environ.get("TEST_DATABASE_URL") or os.environ["DATABASE_URL"]
        name = f"qiao_backup_{os.getpid()}"
        base = server.rsplit("/", 1)[0]  # the database the address names need not exist
        admin = psycopg2.connect(f"{base}/postgres")
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        environment["DATABASE_URL"] = f"{base}/{name}"

    def manage(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    migrated.copy(environment["DATABASE_URL"])
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "one").write_text("一")
    yield manage
    if request.param == "postgres":
        with admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def _regions(manage):
    return manage("shell", "-v0", "-c", COUNT).stdout.strip()


def _add(manage, code):
    text = f"from crm.accounts import actions as a; a.create_region(code='{code}', name='x', parent=a.root_region())"
    done = manage("shell", "-v0", "-c", text)
    assert done.returncode == 0, done.stderr


LOG = (
    "import json; from crm.models import AuditEntry;"
    "print(json.dumps(list(AuditEntry.objects.filter(action__startswith='backup.').order_by('pk')"
    ".values_list('action', 'via', 'changes'))))"
)


def test_making_and_restoring_are_written_down(company, tmp_path):
    def log():
        return json.loads(company("shell", "-v0", "-c", LOG).stdout)

    file = tmp_path / "all.qiao"
    assert company("backup", str(file)).returncode == 0
    (made,) = log()
    assert (made[:2], made[2]["file"]) == (["backup.make", "command"], str(file))

    assert company("restore", str(file)).returncode == 0

    assert log() == [["backup.restore", "command", made[2]]]  # in what came back, which was made before the first


def test_an_empty_database_is_kept_and_brought_back_without_a_log(tmp_path):
    environment = {**os.environ, "DEBUG": "1", "REDIS_URL": "", "MEDIA_ROOT": str(tmp_path / "media")}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    for name in ("backup", "restore"):
        call = [sys.executable, "manage.py", name, str(tmp_path / "all.qiao")]
        done = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "takes no entry" in done.stderr


def test_a_restore_brings_back_database_and_uploads(company, tmp_path):
    _add(company, "EAST")
    file = tmp_path / "all.qiao"
    done = company("backup", str(file))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    _add(company, "WEST")
    (tmp_path / "media" / "one").write_text("二")
    (tmp_path / "media" / "two").write_text("new")
    assert _regions(company) == "CN,EAST,WEST"

    done = company("restore", str(file))

    assert done.returncode == 0, done.stderr
    assert _regions(company) == "CN,EAST"
    assert {p.name: p.read_text() for p in (tmp_path / "media").iterdir()} == {"one": "一"}
    assert company("migrate", "--check").returncode == 0


@pytest.mark.parametrize("damage", ["empty", "half", "flipped", "stranger"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(company, tmp_path, damage):
    file = tmp_path / "all.qiao"
    assert company("backup", str(file)).returncode == 0
    _add(company, "WEST")
    data = bytearray(file.read_bytes())
    if damage == "empty":
        data = bytearray()
    elif damage == "half":
        del data[len(data) // 2 :]
    elif damage == "flipped":
        at = data.rindex("一".encode())
        data[at] ^= 1
    else:
        data = bytearray(json.dumps({"format": 1}).encode())
    file.write_bytes(data)

    done = company("restore", str(file))

    assert done.returncode == 2, done.stderr
    assert _regions(company) == "CN,WEST"
    assert (tmp_path / "media" / "one").read_text() == "一"
