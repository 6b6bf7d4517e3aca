"""Alive and ready; log lines and answers that carry a request's id; and nothing secret in any of them."""

from __future__ import annotations

import io
import json
import logging

import pytest
from django.db import OperationalError, connection

from crm import health
from crm.logs import ContextFilter, bind, formatter, unbind

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/health/live", "/healthz"])
def test_alive_needs_no_sign_in_and_no_database(client, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", ["/health/ready", "/readyz"])
def test_ready_names_its_parts(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "migrations": "ok", "broker": "ok"}


def test_not_ready_without_the_database(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server: postgres://qiao:geheim@db.internal/qiao")

    monkeypatch.setattr(connection, "cursor", away)
    monkeypatch.setattr(connection, "close", lambda: None)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": "failed", "migrations": "failed", "broker": "ok"}
    assert b"geheim" not in answer.content
    assert b"db.internal" not in answer.content


def test_ready_again_when_the_database_is_back(client, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(health, "database", lambda: False)
        assert client.get("/health/ready").status_code == 503
    assert client.get("/health/ready").status_code == 200


def test_not_ready_without_the_broker(client, settings):
    settings.REDIS_URL = "redis://:geheim@127.0.0.1:1/0"
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "database": "ok", "migrations": "ok", "broker": "failed"}
    assert b"geheim" not in answer.content


def test_not_ready_while_migrations_are_waiting(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: [("crm", "0099_new")])
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "failed"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_health_is_only_read(client, method):
    assert getattr(client, method)("/health/live").status_code == 405


def test_an_answer_carries_the_request_id_it_was_given(client):
    assert client.get("/health/live", headers={"X-Request-ID": "proxy-12345.a"})["X-Request-ID"] == "proxy-12345.a"


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "has space 123", "line\tbreak-12", "<script>alert(1)</script>", ""]
)
def test_an_ill_formed_request_id_is_replaced(client, given):
    found = client.get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"]
    assert found != given
    assert len(found) == 32
    assert set(found) <= set("0123456789abcdef")


def test_two_requests_have_two_ids(client):
    assert client.get("/health/live")["X-Request-ID"] != client.get("/health/live")["X-Request-ID"]


@pytest.fixture
def log():
    """A logger that writes lines as production does, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter(json=True))
    handler.addFilter(ContextFilter())
    logger = logging.getLogger("tests.health")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield logger, lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_a_log_line_is_one_json_object_with_the_request_id(log):
    logger, lines = log
    token = bind(request_id="abc-12345678")
    logger.info("客户 %s saved", "K1")
    unbind(token)
    logger.info("after")
    first, second = lines()
    assert first["event"] == "客户 K1 saved"
    assert first["request_id"] == "abc-12345678"
    assert (first["level"], first["logger"]) == ("info", "tests.health")
    assert first["timestamp"].endswith("Z")
    assert "request_id" not in second


def test_an_exception_is_one_line_too(log):
    logger, lines = log
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logger.exception("failed")
    (line,) = lines()
    assert line["event"] == "failed"
    assert "ValueError: two\nlines" in line["exception"]


def test_what_a_view_logs_carries_the_id_of_its_request(client, log, monkeypatch):
    logger, lines = log

    def noisy():
        logger.warning("looking")
        return True

    monkeypatch.setattr(health, "broker", noisy)
    client.get("/health/ready?secret=geheim", headers={"X-Request-ID": "seen-in-the-log"})
    (line,) = lines()
    assert line["request_id"] == "seen-in-the-log"
    assert "geheim" not in json.dumps(line)
