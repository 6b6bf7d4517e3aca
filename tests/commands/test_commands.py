"""The operators' commands: what they print, where, with which exit code, and what they leave alone."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.management import call_command

from crm.accounts.models import ApiToken, Posting, User
from crm.command import written_whole
from tests import migrated

ROOT = Path(__file__).resolve().parents[2]


def command(name, *arguments, stdin=None, monkeypatch=None):
    out, err, code = io.StringIO(), io.StringIO(), 0
    if stdin is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    try:
        call_command(name, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue().strip()


def manage(*arguments, env=None, **how):
    environment = {**os.environ, "DEBUG": "1", "REDIS_URL": "", "LANGUAGE_CODE": "en", **(env or {})}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, check=False, **how
    )


# --- people -----------------------------------------------------------------------------------------------------------


def test_a_person_is_made_with_the_password_from_standard_input(regions, monkeypatch, client):
    code, out, err = command(
        "create_user", "wei", "--role", "manager", "--region", "JIANGSU", "--password-stdin",
        stdin="a long pass phrase \r\n", monkeypatch=monkeypatch,
    )  # fmt: skip
    assert (code, out, err) == (0, "", "wei (manager) made.")
    assert User.objects.get(username="wei").check_password("a long pass phrase ")
    assert Posting.objects.get().region == regions.jiangsu


def test_without_one_it_is_made_up_and_printed_once(db, monkeypatch):
    code, out, err = command("create_user", "wei", "--role", "admin", stdin="", monkeypatch=monkeypatch)
    assert (code, err) == (0, "wei (admin) made.")
    assert User.objects.get(username="wei").check_password(out.strip())
    assert len(out.strip()) >= 16


def test_a_weak_password_is_taken_and_named(db, monkeypatch):
    code, out, err = command(
        "create_user", "wei", "--role", "admin", "--password-stdin", stdin="12345\n", monkeypatch=monkeypatch
    )
    assert (code, out) == (0, "")
    assert "This password is weak: " in err and "at least 10" in err
    assert User.objects.get(username="wei").check_password("12345")


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["wei", "--role", "manager", "--password-stdin"], "\n", "The password is empty."),
        (["wei", "--role", "manager", "--password-stdin"], "", "The password is empty."),
        (["wei", "--role", "manager", "--region", "ZZ"], "", "No region has the code “ZZ”."),
        (["mei", "--role", "manager", "--password-stdin"], "a long pass phrase\n", "already exists"),
        (["w i", "--role", "manager", "--password-stdin"], "a long pass phrase\n", "valid username"),
    ],
)
def test_nobody_is_made_when_something_is_wrong(cast, monkeypatch, arguments, stdin, words):
    before = set(User.objects.values_list("username", "password"))
    code, out, err = command("create_user", *arguments, stdin=stdin, monkeypatch=monkeypatch)
    assert (code, out) == (2, "")
    assert words in err
    assert set(User.objects.values_list("username", "password")) == before


def test_a_token_is_printed_once_and_opens_the_api(cast, client):
    code, out, err = command("api_token", "mei", "--scope", "write", "--label", "ERP")
    assert (code, err) == (0, "")
    token = ApiToken.objects.get()
    assert (token.user, token.scope, token.label) == (cast.mei, "write", "ERP")
    for word in ("Token", "Bearer", "bearer"):
        answer = client.get("/api/v1/people/me/", headers={"authorization": f"{word} {out.strip()}"})
        assert (answer.status_code, answer.json()["username"]) == (200, "mei")
    assert client.get("/api/v1/people/me/", headers={"authorization": f"Basic {out.strip()}"}).status_code == 401
    assert command("api_token", "nobody") == (2, "", "Nobody is called “nobody”.")
    assert ApiToken.objects.count() == 1


# --- tiers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["compute_tiers", "export_tiers"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--as-of", ""], "Enter a date such as 2021-12-31."),
        (["--policy", ""], "No policy is called “”."),
        (["--policy", "article:²"], "No policy is called “article:²”."),
        (["--policy", "article:99999999999999999999"], "No policy is called “article:99999999999999999999”."),
    ],
)
def test_odd_words_are_refused(policy, tmp_path, name, arguments, words):
    more = ["--csv", str(tmp_path / "out.csv")] if name == "export_tiers" else []
    assert command(name, *arguments, *more) == (2, "", words)
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_is_an_object_too_where_one_was_asked_for(policy):
    code, out, err = command("compute_tiers", "--as-of", "soon", "--json")
    assert json.loads(out) == {
        "run": None, "as_of": "soon", "policy": None, "A": 0, "B": 0, "C": 0, "changed": 0, "seconds": 0.0,
        "reason": "Enter a date such as 2021-12-31.",
    }  # fmt: skip
    assert (code, err) == (2, "Enter a date such as 2021-12-31.")


# --- a database that is not there -------------------------------------------------------------------------------------

CALLS = [
    ["compute_tiers", "--as-of", "2021-12-31", "--json"],
    ["export_tiers", "--as-of", "2021-12-31", "--csv", "-"],
    ["undo_import", "1", "--json"],
    ["check_integrity", "--json"],
    ["create_user", "wei", "--role", "admin"],
    ["api_token", "mei"],
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call[0])
def test_a_database_without_tables_is_told_in_one_sentence(call, tmp_path):
    done = manage(*call, env={"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}, text=True)
    assert done.returncode == 2
    assert "The database lacks tables; run manage.py migrate first." in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    if "--json" in call:
        assert "run manage.py migrate" in json.loads(done.stdout)["reason"]
    else:
        assert done.stdout == ""


def test_a_database_that_cannot_be_reached_is_told_in_one_sentence():
    done = manage("compute_tiers", env={"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none"}, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The database cannot be used: ")
    assert len(done.stderr.strip().splitlines()) == 1


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("before")
    with pytest.raises(KeyError), written_whole(path) as part:
        part.write_text("half")
        raise KeyError
    assert (path.read_text(), list(tmp_path.iterdir())) == ("before", [path])
    with written_whole(path) as part:
        part.write_text("after")
        assert path.read_text() == "before"
    assert (path.read_text(), list(tmp_path.iterdir())) == ("after", [path])


def test_a_link_goes_on_pointing_where_it_did(tmp_path):
    (tmp_path / "store").mkdir()
    real, link = tmp_path / "store" / "real.csv", tmp_path / "link.csv"
    link.symlink_to(real)
    for text in ("one", "two"):  # first to nothing, then to a file
        with written_whole(link) as part:
            part.write_text(text)
        assert (link.is_symlink(), real.read_text()) == (True, text)


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with written_whole(pipe) as part:
        part.write_text("through")
    reader.join(10)
    assert (read, pipe.is_fifo()) == (["through"], True)


@pytest.fixture
def home(tmp_path):
    """An SQLite database of its own with its tables, driven through manage.py as an operator does."""
    env = {"DATABASE_URL": f"sqlite:///{tmp_path / 'own.sqlite3'}", "MEDIA_ROOT": str(tmp_path / "media")}
    migrated.copy(env["DATABASE_URL"])
    return env


@pytest.mark.parametrize("name", ["-", "/dev/stdout"])
def test_tiers_go_to_standard_output(home, name):
    done = manage("export_tiers", "--as-of", "2021-12-31", "--csv", name, env=home, text=True)
    assert (done.returncode, done.stderr) == (0, f"0 customers written to {name}.\n")
    assert done.stdout.startswith("code,name,kind,tier,") and done.stdout.count("\n") == 1
    assert Path("/dev/stdout").is_symlink()


def test_a_backup_through_a_pipe_is_one_that_can_be_restored(home, tmp_path):
    done = manage("backup", "-", env=home)
    assert done.returncode == 0
    file = tmp_path / "piped"
    file.write_bytes(done.stdout)
    assert manage("restore", str(file), env=home).returncode == 0


@pytest.mark.parametrize("call", [["backup"], ["export_tiers", "--csv"]], ids=["backup", "export_tiers"])
def test_a_folder_that_is_not_there_is_told_in_one_sentence(home, tmp_path, call):
    done = manage(*call, str(tmp_path / "no" / "where"), env=home, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1 and "No such file or directory" in done.stderr
    assert not (tmp_path / "no").exists()


# --- starting ---------------------------------------------------------------------------------------------------------


def test_whoever_plans_no_visits_starts_without_the_compiler():
    """All pages are loaded, and none of what takes a second and is needed by few."""
    told = "import sys, crm.urls; print([name for name in ('numba', 'xlsxwriter', 'icalendar') if name in sys.modules])"
    done = manage("shell", "-v0", "-c", told, env={"DATABASE_URL": "sqlite:///:memory:"}, text=True)
    assert done.stdout.strip() == "[]", done.stderr
