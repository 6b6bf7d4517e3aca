"""Workers killed, stopped, frozen; Redis emptied, killed; connections cut. Nothing is lost, nothing happens twice.

Real Celery workers over real Redis and PostgreSQL. A moment falls elsewhere in the work on each machine, and wherever
it falls, the ledger holds a file whole and once, or not at all.
"""

from __future__ import annotations

import signal
import time

import pytest
import redis
import services

from tests.faults.conftest import FILE_ROWS, FILE_SUM, LEASE

pytestmark = pytest.mark.services


def whole(files: int) -> dict:
    """The ledger with that many files in it, each once."""
    total = str(FILE_SUM * files)
    return {
        "rows": FILE_ROWS * files,
        "live": FILE_ROWS * files,
        "gross": total,
        "months": total,
        "done": files,
        "audited": files,
    }


def test_killed_mid_import_again_and_again_the_rows_are_there_once(house):
    moments = [0.0, 0.5, 0.2, 0.8]  # the first is sure to be in the middle
    interrupted = 0
    worker = house.worker()
    for number in range(2):
        asked = house.ask("upload", f"sales-{number}.csv", str(house.sales_file(number)))
        for _kill in range(2):
            house.running(asked["job"])
            time.sleep(moments.pop(0))
            house.kill(worker)
            interrupted += house.ask("job", asked["job"])["state"] == "running"
            assert house.ask("rows_of", asked["run"]) in (0, FILE_ROWS)
            worker = house.worker()
            if house.ask("job", asked["job"])["state"] == "done":
                break
        assert house.done(asked["job"])["attempts"] <= 3
        assert house.ask("ledger") == whole(number + 1)
    assert interrupted > 0


def test_killed_mid_tier_run_the_decisions_are_there_once(house):
    moments = [0.0, 0.2]  # the first is sure to be in the middle
    interrupted = 0
    worker = house.worker()
    for number, month in enumerate(("2025-12-31", "2025-11-30")):
        job = house.ask("enqueue", "tiers.run", {"as_of": month})
        house.running(job)
        time.sleep(moments[number])
        house.kill(worker)
        interrupted += house.ask("job", job)["state"] == "running"
        found = house.ask("tiers")
        assert (found["runs"], found["doubled"]) in ((number, 0), (number + 1, 0))
        worker = house.worker()
        house.done(job)
        found = house.ask("tiers")
        assert (found["runs"], found["doubled"]) == (number + 1, 0)
        assert sum(found["counts"][number]) == 8200
        assert found["decisions"] == 8200 * (number + 1)
    assert interrupted > 0


def test_a_polite_stop_with_little_time_loses_and_doubles_nothing(house):
    """As an orchestrator stops a worker: SIGTERM, a short grace, SIGKILL; another is up before the first is gone."""
    asked = house.ask("upload", "sales.csv", str(house.sales_file(0)))
    worker = house.worker()
    house.running(asked["job"])
    worker.send_signal(signal.SIGTERM)
    house.worker("second")
    time.sleep(1)
    house.kill(worker)
    assert house.ask("rows_of", asked["run"]) in (0, FILE_ROWS)
    house.done(asked["job"])
    assert house.ask("ledger") == whole(1)


def test_redis_emptied_while_jobs_wait(house, broker):
    jobs = [house.ask("upload", f"{n}.csv", str(house.sales_file(n)))["job"] for n in range(2)]
    client = redis.Redis.from_url(broker)
    assert client.llen("celery") >= 2
    client.flushall()
    house.worker()
    for job in jobs:
        assert house.done(job)["attempts"] == 1
    house.until(lambda: house.ask("unfinished") == 0, "what follows the imports")
    assert house.ask("ledger") == whole(2)


def test_redis_away_while_jobs_are_asked_for(house):
    """Asking neither fails nor waits for long; the work is done once Redis is back."""
    port = services.free_port()
    house.env["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    began = time.monotonic()
    jobs = [house.ask("upload", f"{n}.csv", str(house.sales_file(n)))["job"] for n in range(2)]
    assert time.monotonic() - began < 15  # most of it is the driver starting
    worker = house.worker()
    time.sleep(2)
    with services.own_redis(port):
        for job in jobs:
            house.done(job, seconds=90)
        assert house.ask("ledger") == whole(2)
        house.kill(worker)


def test_redis_killed_and_back_while_at_work(house):
    port = services.free_port()
    house.env["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    with services.own_redis(port):
        house.worker()
        first = house.ask("upload", "0.csv", str(house.sales_file(0)))["job"]
        house.running(first)
    second = house.ask("upload", "1.csv", str(house.sales_file(1)))["job"]
    with services.own_redis(port):
        house.done(first, seconds=90)
        house.done(second, seconds=90)
        assert house.ask("ledger") == whole(2)


def test_a_worker_frozen_past_its_lease_with_a_second_one_at_work(house):
    asked = house.ask("upload", "sales.csv", str(house.sales_file(0)))
    frozen = house.worker("frozen")
    house.running(asked["job"])
    time.sleep(0.15)
    house.signal(frozen, signal.SIGSTOP)
    house.worker("second")
    time.sleep(LEASE + 4)
    house.signal(frozen, signal.SIGCONT)
    house.done(asked["job"])
    time.sleep(2)  # what the frozen one still had in hand must come to nothing
    assert house.ask("ledger") == whole(1)


def test_connections_cut_in_the_middle(house):
    asked = house.ask("upload", "sales.csv", str(house.sales_file(0)))
    house.worker()
    house.running(asked["job"])
    for _cut in range(3):
        time.sleep(0.2)
        house.ask("stop_when_blocked")
    house.done(asked["job"])
    assert house.ask("ledger") == whole(1)


def test_two_workers_share_the_work_and_do_none_of_it_twice(house, broker):
    jobs = [house.ask("upload", f"{n}.csv", str(house.sales_file(n)))["job"] for n in range(2)]
    house.worker("one")
    house.worker("two")
    # Every hint comes three times, as a broker may do after a reconnect.
    client = redis.Redis.from_url(broker)
    for message in client.lrange("celery", 0, -1):
        client.lpush("celery", message, message)
    for job in jobs:
        assert house.done(job)["attempts"] == 1
    assert house.ask("ledger") == whole(2)
