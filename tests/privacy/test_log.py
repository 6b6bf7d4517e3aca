"""The log after values were taken out of it: it still proves what it proved, and no more can be taken than is told."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from crm.appendonly import lifted_for
from crm.audit import sealing
from crm.audit.actions import record
from crm.audit.models import AuditEntry, AuditRedaction, AuditSeal
from crm.audit.redacting import redact

pytestmark = pytest.mark.django_db
LESS = {"object_name": "", "changes": {"name": "•••"}, "reason": ""}


@pytest.fixture
def entries(db):
    for name in ("Wang", "Li", "Zhao"):
        record(action="person.create", changes={"name": [None, name]}, reason=f"{name} asked")
    return list(AuditEntry.objects.filter(action="person.create").order_by("pk"))


def seal(scheme=sealing.SCHEME):
    made = sealing.next_seal()
    if scheme is None:
        before = AuditSeal.objects.order_by("-number").first()
        made.scheme = None
        made.digest = sealing.seal_digest(made, before.digest if before else "", None)
    made.save(force_insert=True)
    return made


def by_hand(**changes):
    with lifted_for(connection, ["crm_auditentry"], ("update",)):
        AuditEntry.objects.filter(changes__name__isnull=False, action="person.create").update(**changes)


def test_what_is_taken_out_is_gone_and_the_chain_holds(entries):
    seal()
    assert redact([(entries[0], LESS)], reason="erased") == 1
    row = AuditEntry.objects.get(pk=entries[0].pk)
    assert (row.changes, row.reason, row.salt) == ({"name": "•••"}, "", None)
    assert list(sealing.broken()) == []
    seal()
    assert list(sealing.broken()) == []


def test_the_digest_kept_is_no_help_in_guessing(entries):
    """Without the salt a digest fits no guess, not even the right one."""
    right = sealing.entry_digest(AuditEntry.objects.values_list(*sealing.FIELDS).get(pk=entries[0].pk))
    redact([(entries[0], LESS)])
    kept = AuditRedaction.objects.get()
    assert kept.before == right
    entries[0].changes, entries[0].reason, entries[0].salt = {"name": [None, "Wang"]}, "Wang asked", None
    guess = sealing.entry_digest(tuple(getattr(entries[0], name) for name in sealing.FIELDS))
    assert guess != right


def test_a_change_by_hand_still_shows(entries):
    seal()
    by_hand(reason="nothing happened")
    assert len(list(sealing.broken())) == 1


def test_a_change_by_hand_after_a_redaction_shows(entries):
    seal()
    redact([(entries[0], LESS)])
    with lifted_for(connection, ["crm_auditentry"], ("update",)):
        AuditEntry.objects.filter(pk=entries[0].pk).update(reason="somebody else")
    assert len(list(sealing.broken())) == 1


def test_a_forged_redaction_shows(entries):
    """Whoever owns the database writes a row of redaction to fit: the log does not tell of it."""
    seal()
    rows = AuditEntry.objects.values_list(*sealing.FIELDS)
    before = sealing.entry_digest(rows.get(pk=entries[1].pk))
    with lifted_for(connection, ["crm_auditentry"], ("update",)):
        AuditEntry.objects.filter(pk=entries[1].pk).update(reason="forged", salt=None)
    after = sealing.entry_digest(rows.get(pk=entries[1].pk))
    AuditRedaction.objects.create(entry_id=entries[1].pk, batch=1, before=before, after=after)
    assert list(sealing.broken()) == ["redaction 1 is not as the log tells"]


def test_a_redaction_taken_away_shows(entries):
    redact([(entries[0], LESS)])
    with lifted_for(connection, ["crm_auditredaction"], ("delete",)):
        AuditRedaction.objects.all().delete()
    assert "redaction 1 is not as the log tells" in list(sealing.broken())


def test_twice_redacted_holds_too(entries):
    seal()
    redact([(entries[0], {**LESS, "reason": "Wang asked"})])
    redact([(entries[0], LESS)])
    assert AuditRedaction.objects.filter(entry_id=entries[0].pk).count() == 2
    assert list(sealing.broken()) == []
    assert redact([(entries[0], LESS)]) == 0


def test_a_seal_of_the_first_scheme_is_stated_anew(entries):
    old = seal(scheme=None)
    record(action="person.change")
    seal()
    assert list(sealing.broken()) == []
    redact([(entries[0], LESS), (entries[2], LESS)])
    restated = AuditSeal.objects.get(pk=old.pk)
    assert (restated.digest, restated.restated is not None) == (old.digest, True)
    assert list(sealing.broken()) == []
    redact([(entries[1], LESS)])
    assert list(sealing.broken()) == []
    record(action="person.create", changes={"name": [None, "Sun"]})
    seal()
    by_hand(reason="x")
    assert list(sealing.broken()) != []


def test_what_was_tampered_with_is_not_mended(entries):
    seal(scheme=None)
    by_hand(reason="nothing happened")
    with pytest.raises(ValidationError), transaction.atomic():
        redact([(entries[0], LESS)])
    assert not AuditRedaction.objects.exists()


def test_the_database_refuses_everybody_else(entries):
    redact([(entries[0], LESS)])
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditRedaction.objects.update(before="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entries[1].pk).update(reason="x")
