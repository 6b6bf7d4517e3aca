"""One file that holds everything: the database and the uploads, with a manifest of their digests.

The file is a plain tar: `manifest.json`, `database` (SQLite: a copy made by its backup API, which is whole even while
others write; PostgreSQL: `pg_dump -Fc`), `media/…` (from the disk, or fetched from the object store). A restore first
checks every byte against the manifest and then swaps: SQLite page by page in one transaction of the target, PostgreSQL
in a single transaction, uploads by renaming their folder (objects are put one by one). A file that is
truncated, altered or of another database is refused before anything is touched.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import logging
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.storage import storages
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.command import Refused, written_whole
from crm.storage import ObjectStorage, walk

logger = logging.getLogger(__name__)
FORMAT = 1
_CHUNK = 1024 * 1024


class Unusable(Refused):
    """The file cannot be restored, or the database's own tools are missing; nothing was changed."""


def _connection():
    return connections["default"]


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _fetched(store: ObjectStorage, folder: Path) -> dict[str, Path]:
    """The objects of the store, fetched into `folder`, by their names in a backup."""
    found = {}
    for number, name in enumerate(walk(store)):
        copy = folder / f"object-{number}"
        try:
            with store.open(name, "rb") as source, copy.open("wb") as out:
                shutil.copyfileobj(source, out, _CHUNK)
        except FileNotFoundError:
            continue  # taken away since the listing
        found[f"media/{name}"] = copy
    return found


def _uploads(folder: Path) -> dict[str, Path]:
    store = storages["default"]
    if isinstance(store, ObjectStorage):
        return _fetched(store, folder)
    return {f"media/{path.relative_to(settings.MEDIA_ROOT)}": path for path in _media_files()}


def _media_files() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir():
        yield from sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())


def _postgres_tool(name: str, *arguments: str) -> None:
    tool = shutil.which(name)
    if tool is None:
        raise Unusable(_("%(tool)s is not on this machine; install PostgreSQL's client programs.") % {"tool": name})
    db = _connection().settings_dict
    given = {"PGHOST": db["HOST"], "PGPORT": db["PORT"], "PGUSER": db["USER"], "PGPASSWORD": db["PASSWORD"]}
    environment = os.environ | {key: str(value) for key, value in given.items() if value}
    done = subprocess.run(  # noqa: S603 - our own arguments, no shell
        [tool, *arguments, "--dbname", db["NAME"]], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unusable(done.stderr.strip()[-500:] or f"{name}: {done.returncode}")


def _dump(target: Path) -> None:
    connection = _connection()
    if connection.vendor == "postgresql":
        _postgres_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    connection.ensure_connection()
    copy = sqlite3.connect(target)
    try:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    finally:
        copy.close()


def backup(file: Path) -> dict:
    """Write everything into `file` (mode 600, in place only once it is whole); returns the manifest."""
    with written_whole(file) as whole:
        folder = whole.parent  # on the disk that has to hold it anyway
        dump = folder / "database"
        _dump(dump)
        members = {"database": dump}
        members |= _uploads(folder)
        manifest = {
            "format": FORMAT,
            "vendor": _connection().vendor,
            "made_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "migrations": sorted(map(list, MigrationRecorder(_connection()).applied_migrations())),
            "files": {name: {"sha256": _digest(path), "size": path.stat().st_size} for name, path in members.items()},
        }
        with tarfile.open(whole, "w") as tar:
            text = json.dumps(manifest, indent=1).encode()
            head = tarfile.TarInfo("manifest.json")
            head.size = len(text)
            tar.addfile(head, io.BytesIO(text))
            for name, path in members.items():
                tar.add(path, arcname=name, recursive=False)
        whole.chmod(0o600)
    try:
        record(action="backup.make", changes=_told(file, manifest))
    except DatabaseError:
        _unwritten()
    return manifest


def _told(file: Path, manifest: dict) -> dict:
    return {
        "file": str(file),
        "made_at": manifest["made_at"],
        "size": sum(f["size"] for f in manifest["files"].values()),
    }


def _unwritten() -> None:
    """A database without our tables, or older than they are: it is kept and brought back all the same."""
    logger.warning("the audit log of this database takes no entry of it", exc_info=True)


def _unpack(file: Path, folder: Path) -> dict:
    """Unpack into `folder`, every byte checked against the manifest; raises Unusable."""
    try:
        with tarfile.open(file, "r:") as tar:
            first = tar.next()
            if first is None or first.name != "manifest.json":
                raise Unusable(_("This is not a backup of Qiao."))
            manifest = json.load(tar.extractfile(first))
            wanted = dict(manifest["files"])
            for member in tar:
                if member.name == "manifest.json":
                    continue
                expected = wanted.pop(member.name, None)
                target = (folder / member.name).resolve()
                if expected is None or not member.isfile() or not target.is_relative_to(folder.resolve()):
                    raise Unusable(_("The backup holds a file that its list does not name."))
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as out:
                    shutil.copyfileobj(tar.extractfile(member), out, _CHUNK)
                if _digest(target) != expected["sha256"]:
                    raise Unusable(_("The backup is damaged: %(name)s differs.") % {"name": member.name})
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(_("The backup cannot be read: it is damaged or no backup.")) from error
    if wanted:
        raise Unusable(_("The backup is damaged: %(name)s is missing.") % {"name": sorted(wanted)[0]})
    if manifest.get("format") != FORMAT:
        raise Unusable(_("The backup was made by another version of Qiao."))
    if manifest["vendor"] != _connection().vendor:
        raise Unusable(
            _("The backup is of a %(theirs)s database, this one is %(ours)s.")
            % {"theirs": manifest["vendor"], "ours": _connection().vendor}
        )
    return manifest


def _load(dump: Path) -> None:
    connection = _connection()
    if connection.vendor == "postgresql":
        connection.close()
        _postgres_tool("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))
        return
    source = sqlite3.connect(f"file:{dump}?mode=ro", uri=True)
    try:
        if source.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise Unusable(_("The database in the backup is damaged."))
        connection.ensure_connection()
        source.backup(connection.connection)
    finally:
        source.close()
    connection.close()


def _swap(media: Path, fresh: Path, old: Path) -> None:
    try:
        if media.exists():
            os.replace(media, old)
        os.replace(fresh, media)
    except OSError:
        if old.exists() and not media.exists():
            os.replace(old, media)
        raise


def _put_objects(store: ObjectStorage, fresh: Path) -> None:
    """All of the backup into the store, then the rest of the store away. Names are random: what is put before a failure
    stands beside what the database knows, and `check_integrity` names it."""
    wanted = {str(path.relative_to(fresh)): path for path in sorted(fresh.rglob("*")) if path.is_file()}
    for name, path in wanted.items():
        with path.open("rb") as source:
            store.put(name, source)
    for name in list(walk(store)):
        if name not in wanted:
            store.delete(name)


def restore(file: Path) -> dict:
    """Bring everything back to what `file` holds; returns its manifest. Raises Unusable, nothing changed then."""
    media = Path(settings.MEDIA_ROOT)
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=media.parent) as name:
        folder = Path(name)
        manifest = _unpack(file, folder)
        _dump(folder / "before")  # should the uploads fail to swap, the database goes back
        _load(folder / "database")
        (folder / "media").mkdir(exist_ok=True)
        store = storages["default"]
        try:
            if isinstance(store, ObjectStorage):
                _put_objects(store, folder / "media")
            else:
                _swap(media, folder / "media", folder / "media-before")
        except (OSError, BotoCoreError, ClientError, Boto3Error) as error:
            _load(folder / "before")
            raise Unusable(_("The uploads could not be put in place; nothing was changed.")) from error
    try:
        record(action="backup.restore", changes=_told(file, manifest))
    except DatabaseError:
        _unwritten()
    return manifest
