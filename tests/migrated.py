"""Test databases as copies of one migrated once: all migrations take half a minute, for each of eight processes.

The original lies under var/ (SQLite) or on the server (PostgreSQL), named after the code it was made from: migrations
and what they import. Who comes first makes it, the others wait, and older ones go.
"""

from __future__ import annotations

import ast
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg2
from django.conf import settings
from django.db import connections
from django.db.backends.sqlite3.creation import DatabaseCreation

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "qiao_migrated_"
APPS = ("crm", "customers", "visits", "promotions")
LOCK = 0x51A0


def use_copies() -> None:
    """From now on Django makes its test databases so. PostgreSQL copies by itself, SQLite is shown how."""
    database = settings.DATABASES["default"]
    name = PREFIX + _digest()
    if connections["default"].vendor == "postgresql":
        _made_on_server(name, _base(os.environ["DATABASE_URL"]))
        database.setdefault("TEST", {})["TEMPLATE"] = name
        connections["default"].settings_dict["TEST"]["TEMPLATE"] = name
        return
    file = _made_as_file(name)

    def create_test_db(self, verbosity=1, autoclobber=False, serialize=None, keepdb=False):
        name = self._get_test_db_name()
        self._create_test_db(verbosity, autoclobber, keepdb)
        self.connection.close()
        settings.DATABASES[self.connection.alias]["NAME"] = self.connection.settings_dict["NAME"] = name
        self.connection.ensure_connection()
        original = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        original.backup(self.connection.connection)
        original.close()
        return name

    DatabaseCreation.create_test_db = create_test_db  # type: ignore[method-assign]


def copy(url: str) -> None:
    """Fill an empty database of one's own, for tests that drive commands: all tables, nothing of a company in them."""
    name = PREFIX + _digest()
    if url.startswith("sqlite"):
        shutil.copy(_made_as_file(name), url.removeprefix("sqlite:///"))
        return
    base, own = _base(url), urlsplit(url).path[1:]
    _made_on_server(name, base)
    with closing(psycopg2.connect(base)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f'DROP DATABASE IF EXISTS "{own}"')
        connection.cursor().execute(f'CREATE DATABASE "{own}" TEMPLATE "{name}"')


def _base(url: str) -> str:
    """The database that every server has: the one of the address need not exist."""
    return urlunsplit(urlsplit(url)._replace(path="/postgres"))


@cache
def _digest() -> str:
    """Of whatever a migration may have been made by."""
    found = hashlib.sha256(django.__version__.encode())
    for path in sorted(_read_by_migrations()):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _read_by_migrations() -> set[Path]:
    """The migrations, and the project's modules that they import, or that these do."""
    seen: set[Path] = set()
    waiting = [path for app in APPS for path in (ROOT / app / "migrations").glob("*.py")]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [file for name in _imported(path) if (file := ROOT / f"{name.replace('.', '/')}.py").exists()]
    return seen


def _imported(path: Path) -> set[str]:
    """What may be modules of the project: `from a import b` names a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return {name for name in names if name.split(".")[0] in APPS}


def _migrate(url: str) -> None:
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "DEBUG": "1",
        "REDIS_URL": "",
        "LANGUAGE_CODE": "en",
        "LOG_LEVEL": "ERROR",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=env, check=True)


def _made_as_file(name: str) -> Path:
    file = ROOT / "var" / f"{name}.sqlite3"
    file.parent.mkdir(exist_ok=True)
    with (file.parent / "migrated.lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if not file.exists():
            for old in file.parent.glob(f"{PREFIX}*"):
                old.unlink()
            half = file.with_suffix(".half")
            _migrate(f"sqlite:///{half}")
            half.rename(file)
    return file


def _made_on_server(name: str, server: str) -> None:
    connection = psycopg2.connect(server)
    connection.autocommit = True
    cursor = connection.cursor()
    # Held until the connection is closed; also by those who test another copy of the code on this server.
    cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    there = {row[0] for row in cursor.fetchall()}
    if name not in there:
        for old in there:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        half = f"{PREFIX}half"
        cursor.execute(f'CREATE DATABASE "{half}"')
        _migrate(urlunsplit(urlsplit(server)._replace(path=f"/{half}")))
        cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')
    connection.close()
