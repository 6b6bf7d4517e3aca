"""People, their roles and relations in the admin: scoped and written through actions like everywhere."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.people import actions
from customers.people.discretion import may_see_private
from customers.people.models import Person, PersonRole, Relation, RelationType
from customers.people.private import PRIVATE_FIELDS


@admin.register(Person, site=site)
class PersonAdmin(ScopedAdmin):
    list_display = ["name", "phone", "wechat", "email", "created_by", "updated_at"]
    list_select_related = ["created_by"]
    search_fields = ["search_text"]
    ordering = ["name", "pk"]
    readonly_fields = ["version", "created_by", "created_at", "updated_at"]

    def get_fields(self, request, obj=None):
        names = list(actions.PERSON)
        if not may_see_private(request.user, obj):
            names = [name for name in names if name not in PRIVATE_FIELDS]
        return names if obj is None else [*names, *self.readonly_fields]

    def create(self, request, values):
        return actions.create_person(by=request.user, **values)

    def alter(self, request, row, values):
        return actions.change_person(person=row, by=request.user, **values)


class _Discreet(ScopedAdmin):
    def get_fields(self, request, obj=None):
        names = super().get_fields(request, obj)
        return names if may_see_private(request.user, obj) else [name for name in names if name != "note"]


@admin.register(PersonRole, site=site)
class PersonRoleAdmin(_Discreet):
    list_display = ["person", "customer", "role", "role_other", "since", "until", "is_primary"]
    list_select_related = ["person", "customer"]
    list_filter = ["role", "is_primary"]
    search_fields = ["person__search_text", "customer__code", "customer__name"]
    ordering = ["-pk"]
    autocomplete_fields = ["person", "customer"]
    fields = ["person", "customer", *actions.ROLE]

    def get_readonly_fields(self, request, obj=None):
        return ["person", "customer", "version"] if obj else []

    def create(self, request, values):
        return actions.add_role(by=request.user, **values)

    def alter(self, request, row, values):
        return actions.change_role(standing=row, by=request.user, **values)


@admin.register(RelationType, site=site)
class RelationTypeAdmin(ScopedAdmin):
    list_display = ["coded", "reads", "reads_back", "symmetric", "family", "active", "position"]
    search_fields = ["code", "forward", "backward"]
    ordering = ["position", "pk"]

    def get_fields(self, request, obj=None):
        return list(actions.TYPE) if obj is None else ["coded", *actions.TYPE[1:]]

    def get_readonly_fields(self, request, obj=None):
        return ["coded"] if obj else []

    @admin.display(description=_("code"), ordering="code")
    def coded(self, row):
        return format_html("<code>{}</code>", row.code)

    @admin.display(description=_("from the one to the other"))
    def reads(self, row):
        return row.words()

    @admin.display(description=_("from the other back"))
    def reads_back(self, row):
        return row.words(forward=False)

    def create(self, request, values):
        return actions.save_type(by=request.user, **values)

    def alter(self, request, row, values):
        return actions.save_type(type=row, by=request.user, **values)


_ENDS = ("start_person", "start_customer", "end_person", "end_customer")


@admin.register(Relation, site=site)
class RelationAdmin(_Discreet):
    list_display = ["__str__", "since", "until", "strength"]
    list_select_related = ["type", *_ENDS]
    list_filter = ["strength"]
    search_fields = ["start_person__name", "end_person__name", "start_customer__name", "end_customer__name"]
    ordering = ["-pk"]
    autocomplete_fields = ["type", *_ENDS]
    fields = ["type", *_ENDS, *actions.RELATION]

    def get_readonly_fields(self, request, obj=None):
        return ["type", *_ENDS] if obj else []

    def create(self, request, values):
        ends = {}
        for end in ("start", "end"):
            given = [values.pop(f"{end}_{kind}") for kind in ("person", "customer")]
            ends[end] = next(one for one in given if one is not None)  # the form has seen to it that there is one
        return actions.relate(by=request.user, **values, **ends)

    def alter(self, request, row, values):
        return actions.change_relation(relation=row, by=request.user, **values)
