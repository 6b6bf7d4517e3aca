"""The standing cast: Mei runs East, Tao visits in East, Lin runs West and must see none of it."""

from __future__ import annotations

import os

os.environ.setdefault("DEBUG", "1")
os.environ.setdefault("JOBS_EMBEDDED", "0")

import gc
import uuid
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import translation

from tests.files.clamd import clamd  # noqa: F401 - the scanner of tests that ask for it
from tests.migrated import use_copies


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """`commits`: tests after which all tables are emptied, also of what migrations put there."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        by_mark = marker is not None and marker.kwargs.get("transaction")
        if by_mark or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.commits)


def pytest_collection_finish():
    """What was loaded stays: looking through it again and again for garbage took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


@pytest.fixture(scope="session")
def _copies():
    use_copies()


@pytest.fixture(scope="session")
def django_db_setup(_copies, django_db_setup):
    """pytest-django's own, after it was told how."""


@pytest.fixture(autouse=True, scope="session")
def _plain_settings(tmp_path_factory):
    """Fast password hashes, files in a temporary folder, English unless a test asks otherwise, no throttling."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path_factory.mktemp("media")
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.LANGUAGE_CODE = "en"
    translation.activate("en")  # gettext remembers its first default, which was the company's


@pytest.fixture(autouse=True, scope="session")
def _flush_append_only_tables():
    """A flush is a DELETE on SQLite, which append-only tables refuse: lift their triggers around it."""
    from django.db import connection

    if connection.vendor != "sqlite":  # elsewhere a flush is a TRUNCATE, which those triggers let pass
        yield
        return
    from django.db.backends.sqlite3.operations import DatabaseOperations

    from crm.appendonly import lifted

    original = DatabaseOperations.execute_sql_flush

    def flush(self, sql_list):
        with lifted(self.connection):
            original(self, sql_list)

    DatabaseOperations.execute_sql_flush = flush
    yield
    DatabaseOperations.execute_sql_flush = original


@pytest.fixture(autouse=True)
def _own_language():
    """The language of the last request stays with the thread: no test reads what another asked for."""
    yield
    translation.activate("en")


@pytest.fixture(autouse=True)
def _own_cache():
    """Redis has no rollback: each test looks at keys of its own, so that counters of one never throttle another."""
    if settings.REDIS_URL:
        from django.core.cache import caches

        caches["default"].key_prefix = f"test-{uuid.uuid4().hex}"


@pytest.fixture
def regions(db):
    """CN over EAST (over JIANGSU, ZHEJIANG) and WEST (over SICHUAN).

    Rows and no actions, as for the cast: every other test stands on them, and actions took half of the suite's time.
    """
    from crm.accounts.actions import create_region
    from crm.accounts.models import Region

    # A transactional test before this one may have emptied the table.
    root = Region.objects.filter(parent__isnull=True).first() or create_region(code="CN", name="全国")

    def below(parent, **names):
        return [
            Region(code=k, name=v, parent=parent, depth=parent.depth + 1, path=f"new-{k}") for k, v in names.items()
        ]

    def placed(rows):
        rows = Region.objects.bulk_create(rows)
        for one in rows:
            one.path = f"{one.parent.path}{one.pk}/"
        Region.objects.bulk_update(rows, ["path"])
        return rows

    east, west = placed(below(root, EAST="华东", WEST="西部"))
    jiangsu, zhejiang, sichuan = placed([*below(east, JIANGSU="江苏", ZHEJIANG="浙江"), *below(west, SICHUAN="四川")])
    return SimpleNamespace(root=root, east=east, west=west, jiangsu=jiangsu, zhejiang=zhejiang, sichuan=sichuan)


@dataclass
class Cast:
    mei: object  # head of East
    tao: object  # market manager, in charge of customers in East by name
    lin: object  # head of West
    ana: object  # analyst of the whole brand
    ada: object  # administrator
    bot: object  # API client, East


PASSWORD = "correct-horse-7"


@pytest.fixture
def cast(regions):
    from crm.accounts.models import Posting, User
    from crm.clock import today

    def person(username, name, role):
        user = User(username=username, name=name, role=role, email=f"{username}@qiao.test")
        user.password = _hashed(PASSWORD)
        user.save()
        return user

    made = Cast(
        mei=person("mei", "美", "head"),
        tao=person("tao", "Tao", "manager"),
        lin=person("lin", "Lin", "head"),
        ana=person("ana", "Ana", "analyst"),
        ada=person("ada", "Ada", "admin"),
        bot=person("bot", "Bot", "api"),
    )
    posted = [(made.mei, regions.east), (made.lin, regions.west), (made.ana, regions.root), (made.bot, regions.east)]
    Posting.objects.bulk_create([Posting(user=user, region=region, since=today()) for user, region in posted])
    return made


@cache
def _hashed(password: str) -> str:
    return make_password(password)


@pytest.fixture
def sign_in(client):
    """sign_in(user) -> the test client, signed in as that user."""

    def enter(user):
        client.force_login(user)
        return client

    return enter


@pytest.fixture
def policy(db):
    """The default policy, also after a transactional test emptied the tables."""
    return adopted_policy()


def adopted_policy():
    from django.utils import timezone

    from customers.models import StandingState, TierPolicy

    found = TierPolicy.objects.adopted()
    if found is None:
        found = TierPolicy.objects.create(
            code="article", version=1, name="The article's rule", adopted_at=timezone.now()
        )
    StandingState.objects.get_or_create(pk=1, defaults={"policy": found})
    return found
