"""The one table that searches read: a narrow row for each thing that can be found, whatever kind it is.

Rows are written by the triggers of `searchkeeping`, never by hand: so the table holds what the database holds, at the
end of every statement, whoever wrote it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connections, models
from django.db.models import BooleanField, F, Func, Q, Value

from crm.access import ScopedQuerySet, reach_of
from customers.profile.models import Customer, customer_scope
from customers.profile.searching import SHORT, is_short_latin

CUSTOMER = "customer"
FEW_IN_REACH = 2_000
"""Who sees up to so many customers is searched through these; the others by the words."""


class SearchEntryQuerySet(ScopedQuerySet):
    is_few = False
    """Whether these are the entries of few customers, named by their keys."""

    def _clone(self):
        made = super()._clone()
        made.is_few = self.is_few
        return made

    def visible_to(self, user):
        """Entries of customers in reach, but for what is somebody else's own (private notes)."""
        found = self.filter(Q(only_for__isnull=True) | Q(only_for=user.pk))
        reach = reach_of(user)
        if reach.everywhere:
            return found
        if reach.nothing:
            return found.none()
        seen = Customer.objects.visible_to(user).order_by().values_list("pk", flat=True)
        ids = list(seen[: FEW_IN_REACH + 1])
        if len(ids) <= FEW_IN_REACH:
            found = found.filter(customer_id__in=ids)
            found.is_few = True
            return found
        return found.filter(customer_scope(user, "customer"))

    def holding(self, words: list[str], *, many: bool = False):
        """Those in which every word is found; words as `searching.asked` gives them. many: they are known to be many.

        The index of short words is only asked where nothing else narrows the rows: to work out the grams of a row that
        was reached otherwise takes a hundred times as long as to look for the word in it.
        """
        alone = not self.is_few and not many and all(len(word) <= SHORT for word in words)
        by_grams = alone and connections[self.db].vendor == "postgresql"
        wanted = Q()
        for word in words:
            part = f" {word}" if is_short_latin(word) else word
            wanted &= Q(HasGram(part)) if by_grams else Q(text__contains=part)
        return self.filter(wanted)

    def beginning(self, text: str):
        """Those with a word that begins like this."""
        if connections[self.db].vendor == "postgresql" and len(text) <= SHORT and not self.is_few:
            return self.filter(Q(HasGram(f" {text}")))
        return self.filter(text__contains=f" {text}")


class SearchEntry(models.Model):
    """kind and row_id name the row it was made from, ref_id what to show for it (a person, reached by a link)."""

    kind = models.CharField(max_length=12)
    row_id = models.BigIntegerField()
    ref_id = models.BigIntegerField()
    # No constraint: a row comes and goes with its source, in the same statement.
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    only_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    text = models.TextField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "search entry"
        verbose_name_plural = "search entries"
        constraints = [models.UniqueConstraint(fields=["kind", "row_id"], name="search_entry_of_a_row")]
        indexes = [
            models.Index(fields=["kind", "ref_id"], name="search_entry_ref", condition=~Q(kind=CUSTOMER)),
        ]

    def __str__(self):
        return f"{self.kind} {self.ref_id}"


class HasGram(Func):
    """Whether a text holds one (of these) of `qiao_grams`; PostgreSQL only."""

    output_field = BooleanField()

    def __init__(self, *grams: str):
        super().__init__(F("text"), Value(list(grams)))

    def as_sql(self, compiler, connection, **_extra):
        (text, text_values), (grams, values) = (compiler.compile(one) for one in self.source_expressions)
        return f"(qiao_grams({text}) && CAST({grams} AS text[]))", [*text_values, *values]
