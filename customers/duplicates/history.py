"""What was done to a customer and to those that were merged into it: the log stays where it is, the page shows both."""

from __future__ import annotations

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast

from crm.audit.models import AuditEntry
from customers.duplicates.models import MergedCustomer
from customers.profile.models import Customer


def entries_of(customer: Customer) -> QuerySet[AuditEntry]:
    """Newest first; one statement. `customer` must have come through `visible_to`."""
    gone = MergedCustomer.objects.filter(survivor=customer).values_list(Cast("old_id", CharField(max_length=64)))
    rows = AuditEntry.objects.filter(model=customer._meta.label_lower)
    return rows.filter(Q(object_id=str(customer.pk)) | Q(object_id__in=gone)).order_by("-pk")
