"""Dealers' access over our API: for programs and people of ours. Dealers themselves have no API."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from crm.api.filters import BooleanFilter
from crm.api.serializers import ReadModelSerializer, ReadSerializer, VisibleField, WriteSerializer
from crm.api.views import ApiViewSet
from customers.care import bulk
from customers.care.bulk_api import Bulk, BulkSerializer, Selection
from customers.people.models import Person
from customers.portal import actions, jobs, links, reading
from customers.portal.models import LinkState, PortalAccount
from customers.profile.api import PersonInCharge
from customers.profile.doors import refuse_readers
from customers.profile.models import Customer


class PortalAccountSerializer(ReadModelSerializer):
    """link_state: of the newest link. The link itself is read at `link/`."""

    customer = serializers.IntegerField(source="customer_id", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True, allow_null=True)
    invited_by = PersonInCharge(read_only=True, allow_null=True)
    link_state = serializers.ChoiceField(choices=LinkState.choices, read_only=True)
    link_expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    link_sent_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = PortalAccount
        fields = [
            "id",
            "customer",
            "person",
            "name",
            "phone",
            "email",
            "language",
            "is_active",
            "invited_by",
            "invited_at",
            "last_seen_at",
            "ended_at",
            "link_state",
            "link_expires_at",
            "link_sent_at",
        ]


class PortalInvitation(WriteSerializer):
    """Name, e-mail and phone are the person's where they are left out."""

    customer = VisibleField(Customer, "id")
    person = VisibleField(Person, "id", required=False, allow_null=True)
    name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(
        choices=PortalAccount._meta.get_field("language").choices, required=False, allow_blank=True
    )
    send = serializers.BooleanField(default=False, help_text="A letter with the link, where there is an address.")


class PortalAddress(ReadSerializer):
    link = serializers.URLField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)


class PortalNewLink(WriteSerializer):
    send = serializers.BooleanField(default=False, help_text="A letter with the link, where there is an address.")


class PortalAccountFilters(filters.FilterSet):
    customer = filters.NumberFilter(field_name="customer_id", min_value=1, max_value=2**62)
    is_active = BooleanFilter()


class PortalAccounts(ApiViewSet):
    """Who of the customers' people may see their own figures in the portal."""

    serializer_class = PortalAccountSerializer
    filterset_class = PortalAccountFilters
    orderings = {"id": "id"}
    default_ordering = "-id"
    queryset = PortalAccount.objects.none()

    def get_queryset(self):
        return PortalAccount.objects.visible_to(self.request.user).with_link().select_related("invited_by")

    def _editable(self, pk) -> PortalAccount:
        rows = PortalAccount.objects.visible_to(self.request.user).select_related("customer")
        account = get_object_or_404(rows, pk=pk)
        refuse_readers(self.request)
        return account

    def _answer(self, pk, code=status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data, status=code)

    def retrieve(self, request, pk):
        get_object_or_404(self.get_queryset(), pk=pk)
        return self._answer(pk)

    @extend_schema(request=PortalInvitation, responses={201: PortalAccountSerializer})
    def create(self, request):
        """Invite somebody. The link is read at `link/`, and sent by e-mail with `send`."""
        refuse_readers(request)
        question = PortalInvitation(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        values = dict(question.validated_data)
        mail = values.pop("send")
        with transaction.atomic():
            account = actions.invite(by=request.user, **values)
            if mail:
                jobs.ask_to_mail(account, links.base_of(request), request.user)
        return self._answer(account.pk, status.HTTP_201_CREATED)

    @extend_schema(responses=PortalAddress)
    def link(self, request, pk):
        """The link to pass on, until it is used; refused with 400 where there is none. Not for who only reads."""
        account = self._editable(pk)
        found = reading.open_link(account)
        if found is None:
            raise ValidationError(_("There is no link that could be used; make a new one."), code="none")
        actions.note_shown(accounts=[account], by=request.user)
        shown = {"link": links.address(found, links.base_of(request)), "expires_at": found.expires_at}
        return Response(PortalAddress(shown, context=self.get_serializer_context()).data)

    @extend_schema(request=PortalNewLink, responses=PortalAccountSerializer)
    def new_link(self, request, pk):
        """Another link; the one before opens nothing any more."""
        account = self._editable(pk)
        question = PortalNewLink(data=request.data, context=self.get_serializer_context())
        question.is_valid(raise_exception=True)
        with transaction.atomic():
            actions.new_link(account=account, by=request.user)
            if question.validated_data["send"]:
                jobs.ask_to_mail(account, links.base_of(request), request.user)
        return self._answer(pk)

    @extend_schema(request=None, responses=PortalAccountSerializer)
    def end(self, request, pk):
        """At once, on every device."""
        actions.end_access(account=self._editable(pk), by=request.user)
        return self._answer(pk)


class InviteMany(Selection):
    """Of each customer the owner, else who is called first."""


class BulkInvite(Bulk):
    @extend_schema(request=InviteMany, responses={201: BulkSerializer, 202: BulkSerializer})
    def invite(self, request):
        """Invite somebody of each customer; a letter to those with an e-mail address."""
        given = self.given(InviteMany, request)
        params = {"base": links.base_of(request)}
        return self.begun(bulk.start(kind="invite", by=request.user, params=params, **given))
