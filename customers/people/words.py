"""The words of the audit log for what is done to people and their relations."""

from django.utils.translation import gettext_lazy as _

from crm.audit.words import Words
from customers.people.models import RelationType, StandsAs


def _types() -> dict[str, str]:
    """Entries keep a type by its shipped name; told in the reader's language."""
    return {one.forward: one.words() for one in RelationType.objects.all()}


AUDIT = Words(
    actions={
        "person.create": _("Person written down"),
        "person.change": _("Person changed"),
        "person.remove": _("Person removed"),
        "customer.person_add": _("Person added"),
        "customer.person_change": _("Person's role changed"),
        "customer.person_end": _("Person's role ended"),
        "customer.person_remove": _("Person's role removed"),
        "relation.create": _("Relation written down"),
        "relation.change": _("Relation changed"),
        "relation.end": _("Relation ended"),
        "relation_type.create": _("Kind of relation added"),
        "relation_type.change": _("Kind of relation changed"),
    },
    kinds=("customers.person", "customers.relation", "customers.relationtype"),
    values={
        ("customers.customer", "role"): lambda: dict(StandsAs.choices),
        ("customers.relation", "type"): _types,
    },
)
