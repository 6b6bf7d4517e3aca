"""Tables of the ground floor: where copies of personal values come to lie, and what is about colleagues only.

No key leads from a customer to most of these: rows are found by what they hold (`clearing.py`).
"""

from __future__ import annotations

from django.db.models import Q

from crm.imports.models import ImportChange
from crm.privacy import CUSTOMER, PERSON, Subject, blank, content, kept, masked, table
from customers.facts.models import Fact
from customers.people.models import PersonRole, Relation
from customers.privacy.subjects import owner_facts
from customers.receivables.models import OpenItem, Payment

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
WORK = "about a colleague, kept with the account"


def log_of(subject: Subject) -> Q:
    """Entries of the audit log about the subject's own rows."""
    found = _log("customers.customer", subject.customers) | _log("customers.person", subject.people)
    roles = PersonRole.objects.filter(Q(customer_id__in=subject.customers) | Q(person_id__in=subject.people))
    found |= _log("customers.personrole", roles.values_list("pk", flat=True))
    ends = Relation.objects.filter(
        Q(start_person__in=subject.people)
        | Q(end_person__in=subject.people)
        | Q(start_customer__in=subject.customers)
        | Q(end_customer__in=subject.customers)
    )
    found |= _log("customers.relation", ends.values_list("pk", flat=True))
    if subject.owned:  # what was noted and read of the owner stands in the log of the customer
        owned = [str(customer) for customer, _since, _until in subject.owned]
        found |= Q(model="customers.customer", object_id__in=owned, action__in=("fact.note", "fact.read", "fact.erase"))
    return found


def _log(label: str, ids) -> Q:
    return Q(model=label, object_id__in=[str(pk) for pk in ids])


def import_changes(subject: Subject) -> Q:
    """What an import wrote of these rows: the kinds number them differently."""
    items = OpenItem.objects.filter(customer_id__in=subject.customers).values_list("pk", flat=True)
    payments = Payment.objects.filter(customer_id__in=subject.customers).values_list("pk", flat=True)
    documents = [*items, *(-pk for pk in payments)]
    return (
        Q(run__kind="customers", object_id__in=subject.customers)
        | Q(run__kind="people", object_id__in=subject.people)
        | Q(run__kind="receivables", object_id__in=documents)
    )


def import_runs(subject: Subject) -> Q:
    """Runs that brought rows of the subject; days' sales name it by its code only and are left out."""
    brought = ImportChange.objects.filter(import_changes(subject)).values_list("run_id", flat=True)
    about = Q(customer_id__in=subject.customers) | owner_facts(subject)
    facts = Fact.objects.filter(about, run_id__isnull=False)
    items = OpenItem.objects.filter(customer_id__in=subject.customers, run__isnull=False)
    money = Payment.objects.filter(customer_id__in=subject.customers, run__isnull=False)
    runs = {*brought, *facts.values_list("run_id", flat=True)}
    runs |= {*items.values_list("run_id", flat=True), *money.values_list("run_id", flat=True)}
    return Q(pk__in=runs)


RULES = [
    table(
        "crm.AuditEntry",
        of={CUSTOMER: log_of, PERSON: log_of},
        personal={
            "object_name": blank(),
            "changes": masked(),
            "reason": blank(),
            "actor_name": kept(WORK),
            "address": kept(WORK),
        },
        plain={CODES: "action model via", "numbers": "object_id request_id salt", WHEN: "at"},
        trace=True,
        why="who did what and when stays; names and values are taken out and the chain of seals still holds",
    ),
    table("crm.AuditSeal", plain={"digests": "gaps late digest restated", WHEN: "at"}),
    table("crm.AuditRedaction", plain={"digests; the salt is gone": "before after"}),
    table(
        "crm.ImportRun",
        of={CUSTOMER: import_runs, PERSON: import_runs},
        personal={
            "file": content(),
            "rejected_file": content(),
            "name": blank(),
            "errors": masked(),
            "problem": masked(),
        },
        plain={
            CODES: "kind state via",
            "columns and how the file was read": "shape mapping options",
            "a digest": "sha256",
            WHEN: "created_at finished_at undone_at",
        },
        untold=("file", "rejected_file", "errors", "problem"),
        trace=True,
    ),
    table(
        "crm.ImportChange",
        of={CUSTOMER: import_changes, PERSON: import_changes},
        personal={"before": masked(), "after": masked()},
        trace=True,
    ),
    table("crm.ColumnMapping", plain={"names of columns": "kind header_hash mapping options", WHEN: "used_at"}),
    table(
        "crm.Export",
        personal={"file": content(), "query": blank(), "name": blank()},
        plain={CODES: "kind format language", "how far somebody saw": "rights", WHEN: "created_at expires_at"},
        trace=True,
        why="files of a day in which the subject stands are deleted",
    ),
    table(
        "crm.Job",
        personal={"title": blank(), "input": masked(), "result": masked(), "error": blank(), "message": blank()},
        plain={CODES: "kind state key", WHEN: "lease_until run_after hinted_at created_at started_at finished_at"},
        trace=True,
    ),
    table(
        "crm.IdempotencyKey",
        personal={"body": masked(), "headers": masked(), "key": blank()},
        plain={"digests": "fingerprint", WHEN: "claimed_at created_at"},
        trace=True,
        why="answers of a day; those that hold the subject are forgotten",
    ),
    table(
        "crm.Notification",
        personal={"params": masked()},
        plain={CODES: "kind mail key", "a path in Qiao": "url", WHEN: "created_at read_at mailed_at"},
        trace=True,
    ),
    table("crm.NotificationChoice", plain={CODES: "kind mail"}),
    table("crm.NotificationHours", plain={CODES: "digest", "hours of a day": "digest_at quiet_from quiet_until"}),
    table(
        "crm.TodayMark",
        personal={"line": masked(), "note": blank()},
        plain={CODES: "state", "a kind and a number": "key", WHEN: "until at"},
        trace=True,
    ),
    table(
        "crm.SavedView",
        personal={"name": blank(), "query": blank()},
        plain={CODES: "page", WHEN: "created_at"},
        trace=True,
    ),
    table(
        "crm.CacheEntry",
        personal={"value": blank()},
        plain={"keys": "cache_key", WHEN: "expires"},
        trace=True,
        why="emptied",
    ),
    table(
        "customers.MergeStep",
        of={},
        personal={"before": masked(), "after": masked()},
        plain={"names of tables": "table"},
        trace=True,
        why="rows as they were before a merge; with what is erased the merge cannot be undone any more",
    ),
    table("crm.Region", plain={"a region": "code name path"}),
    table(
        "crm.User",
        personal={
            "username": kept(WORK),
            "name": kept(WORK),
            "email": kept(WORK),
            "phone": kept(WORK),
            "last_login": kept(WORK),
            "date_joined": kept(WORK),
        },
        plain={"a digest": "password", CODES: "role language theme"},
        staff=True,
    ),
    table("crm.Posting", personal={"since": kept(WORK), "until": kept(WORK)}, staff=True),
    table(
        "crm.ApiToken",
        personal={"label": kept(WORK), "last_used_on": kept(WORK)},
        plain={"digests": "digest token_key", CODES: "scope", WHEN: "created expiry"},
        staff=True,
    ),
]
