"""A database of one's own: made, migrated, copied and dropped again; Django is pointed at it before it starts."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

DEFAULT_SERVER = "postgres://127.0.0.1/postgres"


class Scratch:
    """One scratch database and copies of it. `use` must be called before anything of Django is imported."""

    def __init__(self, name: str, *, sqlite: bool = False, server: str | None = None):
        self.sqlite = sqlite
        self.name = f"qiao_bench_{name}_{os.getpid()}"
        self.folder = Path(tempfile.mkdtemp(prefix="qiao-bench-"))
        self.server = server or os.environ.get("DATABASE_URL") or DEFAULT_SERVER
        self._made: list[str] = []

    def __enter__(self) -> Scratch:
        self._create(self.name)
        os.environ.update(DATABASE_URL=self._url(self.name), REDIS_URL="", JOBS_EMBEDDED="0", DEBUG="1")
        os.environ["MEDIA_ROOT"] = str(self.folder / "media")
        os.environ["LOG_LEVEL"] = "ERROR"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
        import django
        from django.conf import settings
        from django.core.management import call_command

        django.setup()
        settings.DEBUG = False  # Django would remember every statement
        call_command("migrate", verbosity=0)
        return self

    def __exit__(self, *_error) -> None:
        from django.db import connections

        connections.close_all()
        for name in self._made:
            self._drop(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy(self, label: str) -> str:
        """A copy of the first database, warm and in use from now on; returns its name."""
        from django.db import connection

        connection.close()
        name = f"{self.name}_{label}"
        if self.sqlite:
            shutil.copy(self._file(self.name), self._file(name))
            self._made.append(name)
        else:
            self._create(name, template=self.name)
        self.switch(name)
        self._warm()
        return name

    def switch(self, name: str) -> None:
        from django.db import connection

        connection.close()
        connection.settings_dict["NAME"] = str(self._file(name)) if self.sqlite else name

    def discard(self, name: str) -> None:
        """Drop a copy; the first database is in use again."""
        self.switch(self.name)
        self._drop(name)
        self._made.remove(name)

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.sqlite3"

    def _url(self, name: str) -> str:
        if self.sqlite:
            return f"sqlite:///{self._file(name)}"
        parts = urlsplit(self.server)
        return urlunsplit(parts._replace(path=f"/{name}"))

    def _create(self, name: str, template: str | None = None) -> None:
        if not self.sqlite:
            self._maintain(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        self._made.append(name)

    def _drop(self, name: str) -> None:
        if self.sqlite:
            for path in self.folder.glob(f"{name}.sqlite3*"):
                path.unlink()
        else:
            self._maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _maintain(self, statement: str) -> None:
        import psycopg2

        url = urlunsplit(urlsplit(self.server)._replace(path="/postgres"))
        with_server = psycopg2.connect(url.replace("postgres://", "postgresql://"))
        with_server.autocommit = True
        try:
            with_server.cursor().execute(statement)
        finally:
            with_server.close()

    def _warm(self) -> None:
        """Read the tables and indexes once, so that no measurement pays for the copy."""
        from django.db import connection

        with connection.cursor() as cursor:
            if not self.sqlite:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
                cursor.execute(
                    "SELECT sum(pg_prewarm(c.oid::regclass)) FROM pg_class c"
                    " WHERE relname LIKE 'customers_%%' AND relkind IN ('r', 'i')",
                )
                cursor.execute("CHECKPOINT")
            else:
                cursor.execute("SELECT count(*), sum(gross) FROM customers_saleline")
            cursor.fetchall() if self.sqlite else None
