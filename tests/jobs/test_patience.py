"""How long PostgreSQL may take: short in the web server, long for its worker thread, commands and workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json, threading
from django.db import connection
from crm import patience
NAMES = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
def show(into, job=False):
    if job:
        patience.long()
    with connection.cursor() as cursor:
        for name in NAMES:
            cursor.execute(f"SHOW {name}")
            into.append(cursor.fetchone()[0])
    connection.close()
here, thread, job = [], [], []
show(here)
for target in (threading.Thread(target=show, args=(thread,)), threading.Thread(target=show, args=(job, True))):
    target.start()
    target.join()
show(again := [])
assert again == here
print(json.dumps([here, thread, job]))
"""
WEB = ["15s", "3s", "30s"]
PATIENT = ["0", "10s", "10min"]


def told(*call):
    server = os.environ.get("TEST_DATABASE_URL") or os.environ["DATABASE_URL"]
    environment = {**os.environ, "DEBUG": "1", "REDIS_URL": "", "JOBS_EMBEDDED": "0"}
    environment["DATABASE_URL"] = f"{server.rsplit('/', 1)[0]}/postgres"
    done = subprocess.run(
        [sys.executable, *call], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_web_server_is_short_of_patience_but_not_its_worker_thread():
    assert told("-c", f"import crm.wsgi\n{SHOW}") == [WEB, WEB, PATIENT]


def test_commands_take_their_time():
    assert told("manage.py", "shell", "-v0", "-c", SHOW) == [PATIENT, PATIENT, PATIENT]


def test_so_do_workers():
    assert told("-c", f"import crm.celery, django\ndjango.setup()\n{SHOW}") == [PATIENT, PATIENT, PATIENT]
