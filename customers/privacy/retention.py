"""What was kept long enough: a rule for each kind of data, looked at by day and carried out by night.

Each rule counts what it would do and does it by pages of rows; run twice, the second time finds nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.audit import redacting
from crm.audit.actions import record
from crm.audit.models import AuditEntry
from crm.clock import now, today
from crm.imports.models import ImportRun
from crm.jobs.models import Job
from crm.periods import shift_month
from customers.facts.fields import SENSITIVE
from customers.facts.models import Fact
from customers.files.actions import KEPT as FILES_KEPT
from customers.files.models import Attachment
from customers.people.models import PersonRole
from customers.privacy import actions, clearing
from customers.privacy.models import Erasure
from customers.profile.models import Customer, State
from customers.receivables.models import OpenItem, Payment, Promise
from customers.relationship.models import Observation
from customers.sales.models import SaleLine

_AT_ONCE = 500
MOST_A_NIGHT = 200
"""Prospects erased in a night, when the setting says so: the rest follow the nights after."""


@dataclass(frozen=True)
class Rule:
    """rows(): what it would do something about now. run(): does it, and says how many; None: only shown."""

    code: str
    label: Any
    does: Any
    value: Callable[[], Any]
    rows: Callable[[], QuerySet]
    run: Callable[[], int] | None


# --- sensitive facts ----------------------------------------------------------------------------------------------


def facts_over() -> QuerySet:
    return Fact.objects.filter(expires_on__lte=today(), erased_at__isnull=True, field__in=SENSITIVE).order_by("pk")


def _erase_facts() -> int:
    done = 0
    while page := list(facts_over().values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            done += actions.erase_facts(page)
    return done


# --- prospects ----------------------------------------------------------------------------------------------------


def idle_prospects() -> QuerySet:
    """Prospects about whom nothing was written for so many months. Rows of the books keep a customer for good."""
    months = settings.RETAIN_PROSPECT_MONTHS
    rows = Customer.objects.filter(state=State.PROSPECT)
    if months <= 0:
        return rows.none()
    moment = now() - (today() - shift_month(today().replace(day=1), -months))
    of_it = {"customer": OuterRef("pk")}
    active = (
        Q(updated_at__gte=moment)
        | Exists(Fact.objects.filter(**of_it, created_at__gte=moment))
        | Exists(Observation.objects.filter(**of_it, created_at__gte=moment))
        | Exists(Promise.objects.filter(**of_it, created_at__gte=moment))
        | Exists(Attachment.objects.filter(**of_it, uploaded_at__gte=moment))
        | Exists(PersonRole.objects.filter(**of_it, person__updated_at__gte=moment))
        | Exists(SaleLine.objects.filter(**of_it))
        | Exists(OpenItem.objects.filter(**of_it))
        | Exists(Payment.objects.filter(**of_it))
    )
    erased = Erasure.objects.exclude(state=Erasure.State.REFUSED)
    done = Exists(erased.filter(subject=Erasure.Subject.CUSTOMER, subject_id=OuterRef("pk")))
    return rows.exclude(active).exclude(done).order_by("pk")


def _erase_prospects() -> int:
    done = 0
    for customer in list(idle_prospects()[:MOST_A_NIGHT]):
        actions.ask_erasure(row=customer, typed=customer.code, ground=Erasure.Ground.RETENTION)
        done += 1
    return done


# --- files --------------------------------------------------------------------------------------------------------


def old_uploads() -> QuerySet:
    days = settings.RETAIN_IMPORT_FILES_DAYS
    rows = ImportRun.objects.exclude(file="", rejected_file="")
    if days <= 0:
        return rows.none()
    busy = (Job.State.QUEUED, Job.State.RUNNING)
    return rows.filter(created_at__lt=now() - datetime.timedelta(days=days)).exclude(job__state__in=busy).order_by("pk")


def _forget_uploads() -> int:
    done = 0
    while page := list(old_uploads()[:_AT_ONCE]):
        names = [name for run in page for name in (run.file.name, run.rejected_file.name) if name]
        done += ImportRun.objects.filter(pk__in=[run.pk for run in page]).update(file="", rejected_file="", errors=[])
        clearing.delete_files(names)
    return done


def removed_files() -> QuerySet:
    return Attachment.objects.filter(removed_at__lte=now() - FILES_KEPT)


def unfinished() -> QuerySet:
    """Erasures whose files a crash left behind."""
    return Erasure.objects.done().exclude(pending=[])


def _finish() -> int:
    rows = list(unfinished())
    for erasure in rows:
        actions.carry_out(erasure)
    return len(rows)


# --- the log of readings ------------------------------------------------------------------------------------------

_LEFT = {"object_name": "", "reason": "", "address": ""}


def old_readings() -> QuerySet:
    """Readings of sensitive facts: after so long only who read what of which row stays, not from where and why."""
    days = settings.RETAIN_READ_LOG_DAYS
    rows = AuditEntry.objects.filter(action="fact.read")
    if days <= 0:
        return rows.none()
    over = rows.filter(at__lt=now() - datetime.timedelta(days=days))
    return over.exclude(**_LEFT).order_by("pk")


def _shorten_readings() -> int:
    done = 0
    while page := list(old_readings()[:_AT_ONCE]):
        with transaction.atomic():
            done += redacting.redact([(entry, _LEFT) for entry in page], reason="retention")
    return done


RULES = (
    Rule(
        "facts",
        _("Sensitive facts past their day"),
        _("The value is erased; that there was one stays."),
        lambda: settings.SENSITIVE_FACTS_DAYS,
        facts_over,
        _erase_facts,
    ),
    Rule(
        "prospects",
        _("Prospects without activity"),
        _("They are shown here, or erased where the setting says so."),
        lambda: settings.RETAIN_PROSPECT_MONTHS,
        idle_prospects,
        _erase_prospects,
    ),
    Rule(
        "uploads",
        _("Files of imports"),
        _("The uploaded file and the rejected rows are deleted; what the import did stays."),
        lambda: settings.RETAIN_IMPORT_FILES_DAYS,
        old_uploads,
        _forget_uploads,
    ),
    Rule(
        "files",
        _("Removed files of customers"),
        _("They are deleted 30 days after they were removed."),
        lambda: FILES_KEPT.days,
        removed_files,
        None,  # the job files.purge does it
    ),
    Rule(
        "readings",
        _("Log of readings"),
        _("Who read what stays; from where and why is taken out."),
        lambda: settings.RETAIN_READ_LOG_DAYS,
        old_readings,
        _shorten_readings,
    ),
    Rule(
        "unfinished",
        _("Files of erasures"),
        _("What a crash left behind is deleted."),
        lambda: "",
        unfinished,
        _finish,
    ),
)


def tonight() -> dict[str, int]:
    """What each rule would do now; nothing is changed."""
    return {rule.code: rule.rows().count() for rule in RULES}


def erases_prospects() -> bool:
    return settings.RETAIN_PROSPECTS == "erase"


def run() -> dict[str, int]:
    """Carry out every rule; one entry in the log says how much of what."""
    done = {}
    for rule in RULES:
        if rule.run is None or (rule.code == "prospects" and not erases_prospects()):
            continue
        done[rule.code] = rule.run()
    if any(done.values()):
        record(action="privacy.retain", changes={code: n for code, n in done.items() if n})
    return done
