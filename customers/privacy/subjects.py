"""Who a subject is: the rows that lead to everything held about a customer or a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from crm.privacy import CUSTOMER, PERSON, Subject
from customers.duplicates.models import Merge
from customers.facts.field import OTHER
from customers.facts.fields import FIELDS, SENSITIVE
from customers.people.models import Person, PersonRole, StandsAs
from customers.profile.models import Customer

OF_THE_OWNER = frozenset(key for key, one in FIELDS.items() if one.part == "background" or one.sensitive)
"""Fields that say something about the person behind the business."""
TELLING = OF_THE_OWNER | {
    key for key, one in FIELDS.items() if one.form in ("text", "long") or OTHER in (one.choices or {})
}
"""With those in which people write what they like; the rest are figures and choices of the business."""
assert SENSITIVE <= OF_THE_OWNER


@dataclass(frozen=True, slots=True)
class Named:
    """A subject as people call it."""

    kind: str
    row: Customer | Person

    @property
    def typed(self) -> str:
        """What is typed to confirm: a customer's code, a person's number."""
        return self.row.code if isinstance(self.row, Customer) else str(self.row.pk)


def of_customer(pk: int) -> Subject:
    """With the numbers of all that were merged into it. persons: those who stand with it and with nobody else."""
    ids, new = {pk}, {pk}
    while new:
        rows = Merge.objects.filter(survivor_id__in=new, state=Merge.State.DONE)
        new = set(rows.values_list("loser_id", flat=True)) - ids
        ids |= new
    standing = set(PersonRole.objects.filter(customer_id__in=ids).values_list("person_id", flat=True))
    elsewhere = PersonRole.objects.filter(person_id__in=standing).exclude(customer_id__in=ids)
    alone = standing - set(elsewhere.values_list("person_id", flat=True))
    return Subject(
        kind=CUSTOMER,
        id=pk,
        customers=frozenset(ids),
        persons=frozenset(alone),
        people=frozenset(standing),
        near=frozenset(ids),
    )


def of_person(pk: int, chosen: frozenset[int] = frozenset()) -> Subject:
    """chosen: numbers of files of customers that show the person."""
    roles = list(PersonRole.objects.filter(person_id=pk).values_list("customer_id", "role", "since", "until"))
    mine = [(customer, since, until) for customer, role, since, until in roles if role == StandsAs.OWNER]
    others = _owners_before(pk, [customer for customer, _since, _until in mine])
    owned = tuple(
        # What was noted before this owner came is about the one before, where there was one.
        (customer, since if customer in others else None, until)
        for customer, since, until in mine
    )
    near = frozenset(customer for customer, *_rest in roles)
    return Subject(PERSON, pk, owned=owned, persons=frozenset({pk}), people=frozenset({pk}), near=near, files=chosen)


def _owners_before(pk: int, customers: list[int]) -> set[int]:
    rows = PersonRole.objects.filter(customer_id__in=customers, role=StandsAs.OWNER).exclude(person_id=pk)
    return set(rows.values_list("customer_id", flat=True))


def of(kind: str, pk: int, chosen: frozenset[int] = frozenset()) -> Subject:
    return of_customer(pk) if kind == CUSTOMER else of_person(pk, chosen)


def owner_facts(subject: Subject) -> Q:
    """What is known of the owner, where the owner is (or was then) this person."""
    found = Q(pk__in=[])
    for customer, since, until in subject.owned:
        part = Q(customer_id=customer, field__in=OF_THE_OWNER)
        if since is not None:
            part &= Q(noted_on__gte=since)
        if until is not None:
            part &= Q(noted_on__lt=until)
        found |= part
    return found
