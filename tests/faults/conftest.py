"""Real processes to be killed: PostgreSQL of the machine, a Redis and Celery workers of our own.

The databases are ours alone and dropped at the end; only processes started here are ever signalled.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import services  # noqa: E402

from tests import migrated  # noqa: E402

LEASE = 4  # seconds; long enough for a busy machine, short enough for a test
SHOPS, DAYS = 200, 100


class House:
    """One database, one Redis, a driver, and the workers that a test starts and kills."""

    def __init__(self, folder: Path, database: str, broker: str = ""):
        self.folder, self.processes = folder, []
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV", "JOBS_"))},
            "DJANGO_SETTINGS_MODULE": "crm.settings",
            "DEBUG": "0",
            "SECRET_KEY": "only-for-the-faults-" + "x9" * 20,
            "ALLOWED_HOSTS": "127.0.0.1",
            "TLS": "0",
            "STATIC_HASHED": "0",
            "LOG_LEVEL": "WARNING",
            "DATABASE_URL": database,
            "REDIS_URL": broker,
            "JOBS_EMBEDDED": "0",
            "JOBS_LEASE_SECONDS": str(LEASE),
            "MEDIA_ROOT": str(folder / "media"),
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
        }
        self._driver = None

    # --- processes

    def start(self, *command: str, log: str = "process", **env: str) -> subprocess.Popen:
        with (self.folder / f"{log}.log").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**self.env, **env}, stdout=output, stderr=output, start_new_session=True
            )
        self.processes.append(process)
        return process

    def worker(self, name: str = "worker") -> subprocess.Popen:
        """A Celery worker with its own beat, in a process group of its own."""
        schedule = self.folder / f"beat-{name}-{len(self.processes)}"
        options = ["--concurrency=1", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
        options += ["-B", "-s", str(schedule), "-n", f"{name}{len(self.processes)}@faults"]
        return self.start(sys.executable, "-m", "celery", "-A", "crm", "worker", *options, log=name)

    def signal(self, process: subprocess.Popen, what: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, what)

    def kill(self, process: subprocess.Popen) -> None:
        self.signal(process, signal.SIGKILL)
        process.wait(10)

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, check=True)

    def close(self) -> None:
        if self._driver:
            self._driver.stdin.close()
            self._driver.wait(10)
            self._driver = None
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)

    def log(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-4000:]}" for path in sorted(self.folder.glob("*.log")))

    # --- what the driver does for us

    def ask(self, *call):
        if self._driver is None:
            self._driver = subprocess.Popen(
                [sys.executable, str(ROOT / "tests" / "faults" / "driver.py")],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        self._driver.stdin.write(json.dumps(call) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline())
        assert "error" not in answer, f"{call}: {answer['error']}"
        return answer["answer"]

    def until(self, question, what: str, seconds: float = 60):
        limit = time.monotonic() + seconds
        while not (found := question()):
            assert time.monotonic() < limit, f"waited {seconds} s in vain for {what}\n{self.log()}"
            time.sleep(0.03)
        return found

    def running(self, job: int) -> None:
        self.until(lambda: self.ask("job", job)["state"] == "running", "the job to run")

    def done(self, job: int, seconds: float = 60) -> dict:
        return self.until(lambda: (row := self.ask("job", job))["state"] == "done" and row, "the job to end", seconds)

    def sales_file(self, number: int) -> Path:
        """20,000 rows: every shop on every day of a hundred; another number means other days, so other rows."""
        path = self.folder / f"sales-{number}.csv"
        year, lines = 2024 + number, ["customer_code,date,amount,units"]
        for day in range(DAYS):
            date = f"{year}-{day // 25 + 1:02d}-{day % 25 + 1:02d}"
            lines += [f"S{shop:04d},{date},{amount(shop, day)},3" for shop in range(1, SHOPS + 1)]
        path.write_text("\n".join(lines) + "\n")
        return path


def amount(shop: int, day: int) -> Decimal:
    return Decimal((shop * 37 + day * 11) % 9973 + 101).scaleb(-2)


FILE_ROWS = SHOPS * DAYS
FILE_SUM = sum(amount(shop, day) for shop in range(1, SHOPS + 1) for day in range(DAYS))


@pytest.fixture(scope="session")
def postgres_address():
    with services.postgres() as address:
        yield address


@pytest.fixture(scope="session")
def template(postgres_address, tmp_path_factory):
    """A migrated database with customers and monthly sales, copied for each test in a blink."""
    address = renamed(postgres_address, f"qiao_faults_{os.getpid()}")
    drop(postgres_address, address)
    migrated.copy(address)
    house = House(tmp_path_factory.mktemp("template"), address)
    assert house.ask("seed", SHOPS, 8000) == {"customers": 8200, "months": 288000}
    house.close()
    yield address
    drop(postgres_address, address)


@pytest.fixture
def broker():
    with services.own_redis() as address:
        yield address


@pytest.fixture
def house(postgres_address, template, broker, tmp_path):
    address = renamed(template, f"{database(template)}_t")
    drop(postgres_address, address)
    run_sql(postgres_address, f'CREATE DATABASE "{database(address)}" TEMPLATE "{database(template)}"')
    house = House(tmp_path, address, broker)
    yield house
    house.close()
    drop(postgres_address, address)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sqlite")
    migrated.copy(f"sqlite:///{folder / 'template.sqlite3'}")
    house = House(folder, f"sqlite:///{folder / 'template.sqlite3'}")
    house.ask("seed", SHOPS, 0)
    house.close()
    return folder / "template.sqlite3"


@pytest.fixture
def sqlite_house(sqlite_template, tmp_path):
    path = tmp_path / f"faults-{os.getpid()}.sqlite3"
    shutil.copy(sqlite_template, path)
    house = House(tmp_path, f"sqlite:///{path}")
    yield house
    house.close()


def database(address: str) -> str:
    return urlsplit(address).path.lstrip("/")


def renamed(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def run_sql(address: str, statement: str) -> None:
    import psycopg2

    with contextlib.closing(psycopg2.connect(renamed(address, "postgres"))) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


def drop(server: str, address: str) -> None:
    run_sql(server, f'DROP DATABASE IF EXISTS "{database(address)}" WITH (FORCE)')
