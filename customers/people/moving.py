"""People and relations when two customers become one: all go over, what would stand twice stands once."""

from __future__ import annotations

from crm.merging import Work, recompute, special
from customers.people.models import PersonRole, Relation


def roles(work: Work) -> None:
    """Whoever stands with both as the same stands once; of two to call first, the survivor's stays so."""
    work.delete(
        PersonRole,
        "customer_id = %s AND until IS NULL AND EXISTS (SELECT 1 FROM customers_personrole own WHERE"
        " own.customer_id = %s AND own.until IS NULL AND own.person_id = customers_personrole.person_id"
        " AND own.role = customers_personrole.role AND own.role_other = customers_personrole.role_other)",
        [work.loser_id, work.survivor_id],
    )
    if PersonRole.objects.filter(customer_id=work.survivor_id, is_primary=True).exists():
        work.update(PersonRole, "customer_id = %s AND is_primary", [work.loser_id], is_primary=False)
    work.update(PersonRole, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def relations(work: Work) -> None:
    """A relation between the two goes, and one that the survivor has already; the others go over."""
    both = (work.survivor_id, work.loser_id)
    found = Relation.objects.filter(start_customer_id__in=both) | Relation.objects.filter(end_customer_id__in=both)
    taken: set[tuple] = set()
    gone: list[int] = []
    rows = sorted(found.select_related("type"), key=lambda one: (work.loser_id in _customers(one), one.pk))
    for one in rows:
        ends = [_end(one, side, work) for side in ("start", "end")]
        key = (one.type_id, *(sorted(ends) if one.type.symmetric else ends))
        if ends[0] == ends[1] or (one.until is None and key in taken):
            gone.append(one.pk)
        elif one.until is None:
            taken.add(key)
    for at in range(0, len(gone), 400):
        part = gone[at : at + 400]
        work.delete(Relation, f"id IN ({', '.join(['%s'] * len(part))})", part)
    for column in ("start_customer_id", "end_customer_id"):
        work.update(Relation, f"{column} = %s", [work.loser_id], **{column: work.survivor_id})


def _customers(one: Relation) -> tuple:
    return one.start_customer_id, one.end_customer_id


def _end(one: Relation, side: str, work: Work) -> tuple[str, int]:
    """Who stands at an end once the loser is the survivor."""
    person, customer = getattr(one, f"{side}_person_id"), getattr(one, f"{side}_customer_id")
    if person is not None:
        return "person", person
    return "customer", work.survivor_id if customer == work.loser_id else customer


RULES = [
    special("customers.PersonRole", roles),
    special("customers.Relation", relations, "start_customer_id"),
    recompute("customers.Relation", column="end_customer_id", why="by the rule of the start"),
]
