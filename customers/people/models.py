"""People around customers: who they are, with whom they stand, and how they are related."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.access import RegionScopedQuerySet, ScopedQuerySet, reach_of
from crm.accounts.models import Role
from customers.facts.rights import in_charge_of
from customers.people.private import never_sees_private
from customers.profile.models import Customer, customer_scope
from customers.profile.searching import asked, is_short_latin


class Gender(models.TextChoices):
    FEMALE = "f", _("woman")
    MALE = "m", _("man")


class StandsAs(models.TextChoices):
    OWNER = "owner", _("owner")
    SPOUSE = "spouse", _("owner's spouse")
    MANAGER = "manager", _("shop manager")
    INTRODUCER = "introducer", _("introducer")
    LANDLORD = "landlord", _("landlord")
    MALL = "mall", _("mall manager")
    ACCOUNTANT = "accountant", _("accountant")
    PARTNER = "partner", _("partner")
    OTHER = "other", _("other")


class PersonQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Who stands or stood with a customer the user sees, and whom the user wrote down and nobody placed yet."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        roles = PersonRole.objects.filter(person=OuterRef("pk"))
        return self.filter(
            Exists(roles.filter(customer_scope(user, "customer"))) | (Q(created_by=user) & ~Exists(roles))
        )

    def open_to(self, user):
        """Of whom this person may read what is personal: who stands or stood with a customer in their charge.

        For heads and administrators all that they see; for analysts and programs nobody.
        """
        if never_sees_private(user):
            return self.none()
        seen = self.visible_to(user)
        if user.role != Role.MANAGER:
            return seen
        roles = PersonRole.objects.filter(person=OuterRef("pk"))
        placed = Exists(roles.filter(customer__in=in_charge_of(user).order_by().values("pk")))
        return seen.filter(placed | ~Exists(roles))

    def found_by(self, text: str):
        """Those in whose name, phone, WeChat, e-mail, pinyin or initials every word is found; no word finds all."""
        words = asked(text)
        if not words:
            return self.none() if text.strip() else self
        wanted = Q()
        for word in words:
            wanted &= Q(search_text__contains=f" {word}" if is_short_latin(word) else word)
        return self.filter(wanted)


class Person(models.Model):
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    wechat = models.CharField(_("WeChat"), max_length=64, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender, blank=True)
    # A birthday is a month and a day; of many people nobody knows the year.
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("day of birth"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    # The digits of the phone alone, by which an import knows somebody again.
    phone_digits = models.CharField(max_length=40, editable=False, default="")
    search_text = models.TextField(editable=False, default="")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact person")
        verbose_name_plural = _("contact people")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True)
                | Q(
                    birth_month__isnull=False,
                    birth_day__isnull=False,
                    birth_month__range=(1, 12),
                    birth_day__range=(1, 31),
                ),
                name="person_birthday_whole",
                violation_error_message=_("A birthday needs a month and a day."),
            ),
            models.CheckConstraint(
                condition=Q(birth_year__isnull=True) | Q(birth_year__range=(1900, 2200)), name="person_birth_year"
            ),
            models.CheckConstraint(condition=Q(gender__in=["", *Gender.values]), name="person_gender_known"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="person_by_name"),
            models.Index(fields=["phone_digits"], name="person_by_phone", condition=~Q(phone_digits="")),
        ]

    def __str__(self):
        return self.name


class DatedQuerySet(ScopedQuerySet):
    def in_force(self, day: datetime.date):
        """Those that hold on a day; an unknown beginning lies before any day."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=day)).filter(Q(until__isnull=True) | Q(until__gt=day))


class PersonRoleQuerySet(DatedQuerySet, RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class PersonRole(models.Model):
    """A person stands with a customer as something, from a day until before another; ended roles stay as history."""

    person = models.ForeignKey(
        Person, verbose_name=_("contact person"), on_delete=models.PROTECT, related_name="roles", db_index=False
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="person_roles", db_index=False
    )
    role = models.CharField(_("stands as"), max_length=10, choices=StandsAs)
    role_other = models.CharField(
        _("as what else"), max_length=60, blank=True, help_text=_("In a word or two, where no role above fits.")
    )
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))
    is_primary = models.BooleanField(
        _("first to call"), default=False, help_text=_("One person of each customer; the one before steps back.")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PersonRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role with a customer")
        verbose_name_plural = _("roles with customers")
        ordering = ["-is_primary", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gt=F("since")),
                name="person_role_until_after_since",
                violation_error_message=_("A role must end after it begins."),
            ),
            models.CheckConstraint(condition=Q(role__in=StandsAs.values), name="person_role_known"),
            models.CheckConstraint(
                condition=~Q(role=StandsAs.OTHER) | ~Q(role_other=""),
                name="person_role_other_said",
                violation_error_message=_("Say as what else the person stands with the customer."),
            ),
            models.CheckConstraint(
                condition=Q(is_primary=False) | Q(until__isnull=True),
                name="person_role_primary_holds",
                violation_error_message=_("Whoever is called first stands with the customer without an end."),
            ),
            models.UniqueConstraint(fields=["customer"], condition=Q(is_primary=True), name="person_role_one_primary"),
            models.UniqueConstraint(
                fields=["person", "customer", "role", "role_other"],
                condition=Q(until__isnull=True),
                name="person_role_once",
                violation_error_message=_("This person stands with this customer as that already."),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "customer"], name="person_role_of_person"),
            models.Index(fields=["customer", "person"], name="person_role_of_customer"),
        ]

    def __str__(self):
        return f"{self.person} · {self.customer}"

    @property
    def called(self) -> str:
        return self.role_other if self.role == StandsAs.OTHER else self.get_role_display()

    @property
    def last_day(self) -> datetime.date | None:
        return self.until - datetime.timedelta(days=1) if self.until else None


class RelationTypeQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Words that everybody may read who signs in."""
        return self if user.is_authenticated and user.is_active else self.none()


class RelationType(models.Model):
    """A kind of relation and its name read from either end, in English or the company's language, and in Chinese."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    forward = models.CharField(_("from the one to the other"), max_length=60)
    backward = models.CharField(_("from the other back"), max_length=60)
    forward_zh_hans = models.CharField(_("from the one to the other, simplified Chinese"), max_length=60, blank=True)
    backward_zh_hans = models.CharField(_("from the other back, simplified Chinese"), max_length=60, blank=True)
    forward_zh_hant = models.CharField(_("from the one to the other, traditional Chinese"), max_length=60, blank=True)
    backward_zh_hant = models.CharField(_("from the other back, traditional Chinese"), max_length=60, blank=True)
    symmetric = models.BooleanField(
        _("reads alike from both ends"), default=False, help_text=_("As friends: each is one of the other.")
    )
    family = models.BooleanField(
        _("of the family"), default=False, help_text=_("Personal: hidden from analysts and programs.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("offered"), default=True, help_text=_("Relations there already stay."))

    objects = RelationTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of relation")
        verbose_name_plural = _("kinds of relations")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(symmetric=False) | Q(backward=F("forward")),
                name="relation_type_symmetric",
                violation_error_message=_("What reads alike from both ends has one name."),
            )
        ]

    def __str__(self):
        return self.words()

    def words(self, forward: bool = True) -> str:
        """The name in the language in force: one's own, else the shipped one's translation, else as it was entered."""
        way = "forward" if forward or self.symmetric else "backward"
        own = getattr(self, f"{way}_{(get_language() or '').replace('-', '_')}", "")
        return own or gettext(getattr(self, way))


class RelationQuerySet(DatedQuerySet):
    def not_of_the_family(self):
        return self.filter(type__family=False)

    def visible_to(self, user):
        """Both ends must be in sight; what is of the family needs the right to see what is personal."""
        reach = reach_of(user)
        if reach.nothing:
            return self.none()
        rows = self.not_of_the_family() if never_sees_private(user) else self
        if not never_sees_private(user) and user.role == Role.MANAGER:
            known = Person.objects.open_to(user).order_by().values("pk")
            rows = rows.filter(Q(type__family=False) | Q(start_person__in=known) | Q(end_person__in=known))
        if reach.everywhere:
            return rows
        seen = Person.objects.visible_to(user)
        for end in ("start", "end"):
            rows = rows.filter(
                (Q(**{f"{end}_customer__isnull": False}) & customer_scope(user, f"{end}_customer"))
                | (Q(**{f"{end}_person__isnull": False}) & Exists(seen.filter(pk=OuterRef(f"{end}_person_id"))))
            )
        return rows

    def of_person(self, pk: int):
        return self.filter(Q(start_person_id=pk) | Q(end_person_id=pk))

    def of_customer(self, pk: int):
        return self.filter(Q(start_customer_id=pk) | Q(end_customer_id=pk))


_ENDS = {"pp": ("person", "person"), "pc": ("person", "customer"), "cp": ("customer", "person")}
_ENDS["cc"] = ("customer", "customer")


class Relation(models.Model):
    """Two of a network are related, each end a person or a customer. Symmetric ones are kept in one order."""

    class Strength(models.IntegerChoices):
        LOOSE = 1, _("loose")
        GOOD = 2, _("good")
        CLOSE = 3, pgettext_lazy("relation", "close")

    type = models.ForeignKey(RelationType, verbose_name=_("relation"), on_delete=models.PROTECT, related_name="+")
    start_person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.PROTECT, related_name="relations_from"
    )
    start_customer = models.ForeignKey(
        Customer,
        verbose_name=_("customer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="relations_from",
    )
    end_person = models.ForeignKey(
        Person,
        verbose_name=_("to a person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="relations_to",
    )
    end_customer = models.ForeignKey(
        Customer,
        verbose_name=_("to a customer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="relations_to",
    )
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))
    strength = models.PositiveSmallIntegerField(_("strength"), choices=Strength, default=Strength.GOOD)
    note = models.CharField(_("note"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        ordering = ["pk"]
        constraints = [
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{end}_person__isnull": True, f"{end}_customer__isnull": False})
                    | Q(**{f"{end}_person__isnull": False, f"{end}_customer__isnull": True}),
                    name=f"relation_{end}_is_one",
                    violation_error_message=_("Each end is a person or a customer."),
                )
                for end in ("start", "end")
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"start_{kind}__isnull": True})
                    | Q(**{f"end_{kind}__isnull": True})
                    | ~Q(**{f"start_{kind}": F(f"end_{kind}")}),
                    name=f"relation_{kind}_not_self",
                    violation_error_message=_("Nobody is related to themselves."),
                )
                for kind in ("person", "customer")
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gt=F("since")),
                name="relation_until_after_since",
                violation_error_message=_("A relation must end after it begins."),
            ),
            models.CheckConstraint(condition=Q(strength__range=(1, 3)), name="relation_strength_1_3"),
            *(
                models.UniqueConstraint(
                    fields=["type", f"start_{start}", f"end_{end}"],
                    condition=Q(until__isnull=True),
                    name=f"relation_once_{code}",
                    violation_error_message=_("This relation is written down already."),
                )
                for code, (start, end) in _ENDS.items()
            ),
        ]

    def __str__(self):
        return f"{self.start} {self.type.words()} {self.end}"

    @property
    def start(self) -> Person | Customer:
        return self.start_person if self.start_person_id else self.start_customer

    @property
    def end(self) -> Person | Customer:
        return self.end_person if self.end_person_id else self.end_customer

    @property
    def last_day(self) -> datetime.date | None:
        return self.until - datetime.timedelta(days=1) if self.until else None
