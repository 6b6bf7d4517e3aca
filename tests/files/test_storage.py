"""Uploads in an object store: kept, served, listed, purged, backed up and brought back; never by a public address."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.core.files.storage import default_storage
from django.test import override_settings

from customers.files.models import Attachment
from tests import migrated
from tests.files import making, objectstore
from tests.files.test_content import code_of

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def store(settings):
    options = {
        "bucket_name": objectstore.BUCKET,
        "access_key": objectstore.KEY,
        "secret_key": "the-secret",
        "region_name": "cn-test-1",
        "file_overwrite": False,
        "default_acl": None,
    }
    with objectstore.running() as state:
        backend = {"BACKEND": "crm.storage.ObjectStorage", "OPTIONS": {**options, "endpoint_url": state.address}}
        with override_settings(STORAGES={**settings.STORAGES, "default": backend}):
            yield state


@pytest.mark.django_db
def test_a_file_lives_in_the_store_and_is_served_through_our_view(store, shops, attach, sign_in, cast, media):
    made = attach(shops.east, making.jpeg())
    assert sorted(store.objects) == sorted([made.file.name, made.thumbnail.name])
    assert media() == []
    answer = sign_in(cast.mei).get(f"/customers/files/{made.pk}/content/")
    assert b"".join(answer.streaming_content) == store.objects[made.file.name][0]
    assert (answer.status_code, answer["Content-Type"], "Location" in answer) == (200, "image/jpeg", False)
    assert sign_in(cast.lin).get(f"/customers/files/{made.pk}/content/").status_code == 404
    with pytest.raises(SuspiciousOperation):
        default_storage.url(made.file.name)


@pytest.mark.django_db
def test_an_object_that_is_gone_is_not_found_and_named_by_the_check(store, shops, attach, sign_in, cast):
    from crm.integrity import Found
    from customers.files.integrity import CHECKS

    made, other = attach(shops.east, making.jpeg()), attach(shops.east, making.pdf(), "a.pdf")
    del store.objects[made.file.name]
    store.objects["files/" + "0" * 32] = (b"lost", datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2))
    assert sign_in(cast.mei).get(f"/customers/files/{made.pk}/content/").status_code == 404
    found = Found()
    CHECKS[0].find(None, found)
    assert found.count == 2
    assert made.file.name in found.examples[0] and "0" * 32 in found.examples[1]
    assert other.file.name in store.objects


@pytest.mark.django_db
def test_a_store_that_fails_keeps_no_row_and_says_so(store, shops, attach):
    store.failing = True
    with pytest.raises(ValidationError) as refused:
        attach(shops.east, making.pdf(), "a.pdf")
    assert code_of(refused.value) == "unstored"
    assert Attachment.objects.count() == 0


def test_imports_and_exports_live_there_too(store, db, cast, regions, policy):
    from django.core.files.base import ContentFile

    from crm.exports import actions as exports
    from crm.imports import actions as imports
    from crm.imports.models import ImportRun
    from crm.jobs import runner
    from customers.models import Customer

    text = "code,name,kind,region\nF1,一店,franchisee,JIANGSU\n"
    run = imports.upload(kind="customers", file=ContentFile(text.encode()), name="c.csv", by=cast.ada)
    imports.start(run=run, by=cast.ada)
    runner.drain()
    assert ImportRun.objects.get(pk=run.pk).state == "done"
    assert Customer.objects.get().name == "一店"
    exports.ask(kind="customers", format="csv", by=cast.ada)
    runner.drain()
    assert {name.split("/")[0] for name in store.objects} == {"imports", "exports"}


def test_a_backup_holds_the_objects_and_a_restore_puts_them_back(tmp_path):
    with objectstore.running() as state:
        environment = {
            **os.environ,
            "DEBUG": "1",
            "REDIS_URL": "",
            "LANGUAGE_CODE": "en",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'qiao.sqlite3'}",
            "MEDIA_ROOT": str(tmp_path / "media"),
            "S3_ENDPOINT": state.address,
            "S3_BUCKET": objectstore.BUCKET,
            "S3_ACCESS_KEY": objectstore.KEY,
            "S3_SECRET_KEY": "the-secret",
            "S3_REGION": "cn-test-1",
        }

        def manage(*arguments):
            return subprocess.run(
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip

        migrated.copy(environment["DATABASE_URL"])
        moment = datetime.datetime.now(datetime.UTC)
        state.objects.update({name: (name.encode(), moment) for name in ("files/one", "files/two", "exports/three")})
        file = tmp_path / "all.qiao"
        done = manage("backup", str(file))
        assert done.returncode == 0, done.stderr
        with tarfile.open(file) as tar:
            names = set(json.load(tar.extractfile("manifest.json"))["files"])
            assert names == {"database", "media/files/one", "media/files/two", "media/exports/three"}
            assert tar.extractfile("media/files/two").read() == b"files/two"

        state.objects["files/two"] = (b"changed", moment)
        state.objects["files/new"] = (b"new", moment)
        del state.objects["exports/three"]
        done = manage("restore", str(file))
        assert done.returncode == 0, done.stderr
        assert {key: body for key, (body, _at) in state.objects.items()} == {
            "files/one": b"files/one",
            "files/two": b"files/two",
            "exports/three": b"exports/three",
        }
        assert not (tmp_path / "media").exists()

        make = "from crm.accounts import actions as a; a.create_region(code='EAST', name='x', parent=a.root_region())"
        assert manage("shell", "-v0", "-c", make).returncode == 0
        state.failing = True
        done = manage("restore", str(file))
        assert done.returncode == 2 and "nothing was changed" in done.stderr, done.stderr
        told = manage("shell", "-v0", "-c", "from crm.models import Region; print(Region.objects.count())").stdout
        assert told.strip() == "2"  # the database is as it was before the restore
