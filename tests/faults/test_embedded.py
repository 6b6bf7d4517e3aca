"""The same without Redis: SQLite, and the worker thread inside the web server, killed in the middle of an import."""

from __future__ import annotations

import random
import sys
import time
import urllib.request

import pytest
import services

from tests.faults.conftest import FILE_ROWS
from tests.faults.test_workers import whole

pytestmark = pytest.mark.services


def serve(house, port):
    server = house.start(
        *(sys.executable, "-m", "gunicorn", "crm.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--threads", "4", "--log-level", "warning"),
        log="gunicorn",
        JOBS_EMBEDDED="1",
    )

    def ready():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    house.until(ready, "the server")
    return server


def test_killed_mid_import_the_rows_are_there_once(sqlite_house):
    house, moments, port = sqlite_house, random.Random(22), services.free_port()
    asked = house.ask("upload", "sales.csv", str(house.sales_file(0)))
    for _kill in range(3):
        server = serve(house, port)
        if house.ask("job", asked["job"])["state"] != "done":
            house.until(lambda: house.ask("job", asked["job"])["state"] in ("running", "done"), "the job to run")
            time.sleep(moments.uniform(0.0, 0.7))
        house.kill(server)
        assert house.ask("rows_of", asked["run"]) in (0, FILE_ROWS)
        if house.ask("job", asked["job"])["state"] == "done":
            break
    serve(house, port)
    house.done(asked["job"])
    assert house.ask("ledger") == whole(1)


def test_the_next_server_takes_over_what_the_killed_one_left(sqlite_house):
    house, port = sqlite_house, services.free_port()
    first = serve(house, port)
    second = serve(house, services.free_port())
    asked = house.ask("upload", "sales.csv", str(house.sales_file(0)))
    house.until(lambda: house.ask("job", asked["job"])["state"] in ("running", "done"), "the job to run")
    house.kill(first)
    house.done(asked["job"])
    assert house.ask("ledger") == whole(1)
    assert second.poll() is None
