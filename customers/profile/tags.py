"""Tags: short words that people stick onto customers to find them again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet, ScopedQuerySet, reach_of
from customers.profile.models import Customer, customer_scope

LONGEST = 30
SEPARATOR = "\x1f"
"""Between the names of `tag_names`; no name holds it."""


class TagQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Those on customers in reach, and those one made oneself; all for who sees the whole brand."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        used = CustomerTag.objects.visible_to(user).filter(tag=OuterRef("pk"))
        return self.filter(Exists(used) | Q(made_by=user))


class Tag(models.Model):
    """One word for the whole company, however it is capitalised."""

    name = models.CharField(_("name"), max_length=LONGEST)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_unique")]

    def __str__(self):
        return self.name


class CustomerTagQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class CustomerTag(models.Model):
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, related_name="customer_tags", db_index=False
    )
    tag = models.ForeignKey(Tag, verbose_name=_("tag"), on_delete=models.CASCADE, related_name="uses", db_index=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"))

    objects = CustomerTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        ordering = ["tag__name"]
        constraints = [models.UniqueConstraint(fields=["customer", "tag"], name="customer_tag_once")]
        indexes = [models.Index(fields=["tag", "customer"], name="customer_tag_by_tag")]

    def __str__(self):
        return f"{self.customer} · {self.tag}"


class Joined(models.Aggregate):
    """Texts of a group as one, with SEPARATOR between them."""

    output_field = models.TextField()
    allow_distinct = False

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="GROUP_CONCAT(%(expressions)s, CHAR(31))", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="STRING_AGG(%(expressions)s, CHR(31))", **context)


def tag_names():
    """The names of a customer's tags in one text, as a sub-select for `annotate`; None without any."""
    rows = CustomerTag.objects.filter(customer=OuterRef("pk")).order_by().values("customer_id")
    return models.Subquery(rows.annotate(names=Joined("tag__name")).values("names"))


def split(names: str | None) -> list[str]:
    return sorted(names.split(SEPARATOR)) if names else []
