"""Contacts with customers (a call, a message, a meal…) and the common ground to pick up again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import RegionScopedQuerySet
from customers.contacts import openers
from customers.people.models import Person
from customers.people.private import never_sees_private
from customers.profile.models import Customer, customer_scope

LONGEST = 1000
LONGEST_STEP = 300
LONGEST_TOPIC = 120


class Mood(models.IntegerChoices):
    """How the customer felt, when one last spoke with them."""

    ANGRY = 1, pgettext_lazy("mood", "angry")
    UNEASY = 2, pgettext_lazy("mood", "uneasy")
    NEUTRAL = 3, pgettext_lazy("mood", "neutral")
    CONTENT = 4, pgettext_lazy("mood", "content")
    HAPPY = 5, pgettext_lazy("mood", "happy")


class Openness(models.IntegerChoices):
    CLOSED = 1, pgettext_lazy("openness", "said nothing")
    GUARDED = 2, pgettext_lazy("openness", "guarded")
    POLITE = 3, pgettext_lazy("openness", "polite")
    OPEN = 4, pgettext_lazy("openness", "open")
    CONFIDING = 5, pgettext_lazy("openness", "confided in us")


class Business(models.IntegerChoices):
    """What the customer says of its business; the ledger says what is so."""

    BAD = 1, pgettext_lazy("business", "hardly any")
    USUAL = 2, pgettext_lazy("business", "as usual")
    GOOD = 3, pgettext_lazy("business", "good")


class Channel(models.TextChoices):
    CALL = "call", pgettext_lazy("channel", "call")
    WECHAT = "wechat", pgettext_lazy("channel", "WeChat")
    MESSAGE = "message", pgettext_lazy("channel", "text message")
    MEETING = "meeting", pgettext_lazy("channel", "meeting")
    MEAL = "meal", pgettext_lazy("channel", "meal")
    VISIT = "visit", pgettext_lazy("channel", "visit")
    MAIL = "mail", pgettext_lazy("channel", "letter or e-mail")
    OTHER = "other", pgettext_lazy("channel", "other")


class Direction(models.TextChoices):
    OUT = "out", _("we reached them")
    IN = "in", _("they reached us")


class Purpose(models.TextChoices):
    SERVICE = "service", pgettext_lazy("contact", "service")
    VALUE = "value", pgettext_lazy("contact", "brought something useful")
    RELATION = "relation", pgettext_lazy("contact", "just to keep in touch")


class ContactQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach; private ones are their author's alone, whoever else asks."""
        return self.filter(customer_scope(user, "customer")).readable_by(user)

    def readable_by(self, user):
        """Of customers that came through `visible_to`."""
        return self.filter(Q(is_private=False) | Q(by=user))

    def live(self):
        return self.filter(removed_at__isnull=True)

    def open(self):
        """What may be told to anybody who sees the customer: neither private nor taken back."""
        return self.live().filter(is_private=False)

    def holding(self):
        return self.live()


class Contact(models.Model):
    """One time that we and a customer spoke. Its author may change it for a day; after that another one follows.

    own_mood: the manager's, shown to its author only. link: a path in Qiao to what it is part of (a visit's report),
    where it is changed. client_key: made where it was written, so that a draft that is sent twice makes one.
    written_at: where it was written without a connection, since created_at is when it arrived.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="contacts", db_index=False
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("with whom"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who of us"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    happened_at = models.DateTimeField(_("when"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    direction = models.CharField(_("who reached whom"), max_length=3, choices=Direction, default=Direction.OUT)
    mood_before = models.PositiveSmallIntegerField(_("mood before"), choices=Mood, null=True, blank=True)
    mood_after = models.PositiveSmallIntegerField(_("mood after"), choices=Mood, null=True, blank=True)
    own_mood = models.PositiveSmallIntegerField(_("own mood"), choices=Mood, null=True, blank=True)
    openness = models.PositiveSmallIntegerField(_("openness"), choices=Openness, null=True, blank=True)
    business = models.PositiveSmallIntegerField(
        _("how business goes, they say"), choices=Business, null=True, blank=True
    )
    text = models.TextField(_("what was said"), max_length=LONGEST, blank=True)
    next_step = models.CharField(_("next step"), max_length=LONGEST_STEP, blank=True)
    next_on = models.DateField(_("when next"), null=True, blank=True)
    purpose = models.CharField(_("what for"), max_length=8, choices=Purpose, blank=True)
    just_listened = models.BooleanField(_("just listened"), default=False)
    asked_nothing = models.BooleanField(_("asked for nothing"), default=False)
    is_private = models.BooleanField(_("private"), default=False)
    link = models.CharField(_("link"), max_length=200, blank=True, default="", db_default="", editable=False)
    client_key = models.UUIDField(null=True, editable=False)
    written_at = models.DateTimeField(_("written without a connection at"), null=True, editable=False)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    removed_at = models.DateTimeField(_("taken back at"), null=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="contact_channel_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="contact_direction_known"),
            models.CheckConstraint(condition=Q(purpose__in=["", *Purpose.values]), name="contact_purpose_known"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__range": (1, 5)}),
                    name=f"contact_{name}_1_5",
                )
                for name in ("mood_before", "mood_after", "own_mood", "openness")
            ),
            models.CheckConstraint(
                condition=Q(business__isnull=True) | Q(business__in=Business.values), name="contact_business_known"
            ),
            # A private one without an author would be nobody's to read.
            models.CheckConstraint(
                condition=Q(is_private=False) | Q(by__isnull=False), name="contact_private_has_author"
            ),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="/"), name="contact_link_is_ours"),
            models.UniqueConstraint(
                fields=["by", "client_key"], condition=Q(client_key__isnull=False), name="contact_sent_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-happened_at", "-id"], name="contact_of_customer"),
            models.Index(fields=["by", "-happened_at", "-id"], name="contact_of_author"),
            models.Index(fields=["-happened_at", "-id"], name="contact_latest"),
        ]

    def __str__(self):
        return f"#{self.pk}"  # the text may be private

    @property
    def mood(self) -> int | None:
        """How the customer felt when it ended, else when it began."""
        return self.mood_after if self.mood_after is not None else self.mood_before

    def get_mood_display(self) -> str:
        return str(Mood(self.mood).label) if self.mood is not None else ""


class Ground(models.TextChoices):
    INTEREST = openers.INTEREST, pgettext_lazy("common ground", "interest")
    TOPIC = openers.TOPIC, pgettext_lazy("common ground", "topic")
    AVOID = openers.AVOID, pgettext_lazy("common ground", "to avoid")


class TopicQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach. What is to be avoided touches people: nothing for analysts and programs."""
        return self.filter(customer_scope(user, "customer")).readable_by(user)

    def readable_by(self, user):
        """Of customers that came through `visible_to`."""
        return self.exclude(kind=Ground.AVOID) if never_sees_private(user) else self

    def live(self):
        return self.filter(retired_on__isnull=True)

    def usable(self):
        return self.live().exclude(kind=Ground.AVOID)

    def holding(self):
        return self.live()


class Topic(models.Model):
    """Something a customer, or one of its people, likes to talk about, or better not. source: from where we know."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="topics", db_index=False
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("whose"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="topics",
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Ground, default=Ground.TOPIC)
    text = models.CharField(_("subject"), max_length=LONGEST_TOPIC)
    since = models.DateField(_("known since"))
    source = models.CharField(_("known from"), max_length=60, blank=True)
    last_used_on = models.DateField(_("last spoken of"), null=True, editable=False)
    used = models.PositiveIntegerField(_("times spoken of"), default=0, editable=False)
    retired_on = models.DateField(_("set aside on"), null=True, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("common ground")
        verbose_name_plural = _("common ground")
        ordering = [F("last_used_on").asc(nulls_first=True), "-since", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="topic_has_text"),
            models.CheckConstraint(condition=Q(kind__in=Ground.values), name="topic_kind_known"),
            models.CheckConstraint(
                condition=Q(used=0, last_used_on__isnull=True) | Q(used__gt=0, last_used_on__isnull=False),
                name="topic_used_with_day",
            ),
            models.UniqueConstraint(
                "customer",
                Lower("text"),
                condition=Q(retired_on__isnull=True),
                name="topic_once",
                violation_error_message=_("This is written down already."),
            ),
        ]
        indexes = [models.Index(fields=["customer", "kind"], name="topic_of_customer")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def ground(self) -> openers.Ground:
        return openers.Ground(self.pk, self.kind, self.since, self.last_used_on, self.used)
