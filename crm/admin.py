"""The ground floor in the admin: people and where they work, tokens, files in and out, jobs, the audit log."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.accounts import actions as accounts
from crm.accounts.models import ApiToken, ApiTokenQuerySet, Posting, Region, User
from crm.audit.models import AuditEntry
from crm.clock import today
from crm.exports.kinds import registry as export_kinds
from crm.exports.models import Export
from crm.imports.kinds import registry as import_kinds
from crm.imports.models import ImportRun
from crm.jobs import actions as jobs
from crm.jobs.kinds import registry as job_kinds
from crm.jobs.models import Job
from crm.scopedadmin import ActionForm, KindFilter, KindNames, ScopedAdmin
from crm.site import site


class UserForm(ActionForm):
    class Meta:
        model = User
        fields = ["username", "name", "email", "phone", "role", "is_active"]


class NewUserForm(ActionForm):
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: the person sets one by “forgot password”."),
    )
    region = forms.ModelChoiceField(
        Region.objects.none(), label=_("Region"), required=False, help_text=_("Where the person works from today.")
    )

    class Meta:
        model = User
        fields = ["username", "name", "email", "phone", "role"]


@admin.register(User, site=site)
class UserAdmin(ScopedAdmin):
    list_display = ["username", "name", "email", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    search_fields = ["username", "name", "email"]
    ordering = ["username"]
    form = UserForm
    actions = ["revoke_tokens", "send_password_links", "remove_second_factors"]

    def get_fields(self, request, obj=None):
        fields = ["username", "name", "email", "phone", "role"]
        if obj is not None:
            return [*fields, "is_active", "last_login", "date_joined"]
        return [*fields, "region", "password"]

    def get_readonly_fields(self, request, obj=None):
        return ["last_login", "date_joined"] if obj is not None else []

    def get_form(self, request, obj=None, change=False, **kwargs):
        if not change:
            kwargs["form"] = NewUserForm
        form = super().get_form(request, obj, change=change, **kwargs)
        if not change:
            form.base_fields["region"].queryset = Region.objects.visible_to(request.user)
        return form

    def create(self, request, values):
        return accounts.create_user(**{**values, "password": values["password"] or None})

    def alter(self, request, row, values):
        if row.pk == request.user.pk and not {"role", "is_active"}.isdisjoint(values):
            raise ValidationError(_("Let another administrator change your own role or close your account."))
        return accounts.change_user(user=row, **values)

    @admin.action(description=_("Revoke all API tokens of the chosen people"), permissions=["revoke"])
    def revoke_tokens(self, request, queryset):
        tokens = list(ApiTokenQuerySet(ApiToken).visible_to(request.user).filter(user__in=queryset))
        for token in tokens:
            accounts.revoke_token(token=token, by=request.user)
        text = ngettext("%(n)d token was revoked.", "%(n)d tokens were revoked.", len(tokens))
        self.message_user(request, text % {"n": len(tokens)})

    @admin.action(description=_("Send a password link"), permissions=["revoke"])
    def send_password_links(self, request, queryset):
        def send(user):
            accounts.send_password_link(user=user, by=request.user, request=request)

        done = self._each(request, queryset, send)
        text = ngettext("%(n)d person is sent a link.", "%(n)d people are sent a link.", done)
        self.message_user(request, text % {"n": done})

    @admin.action(description=_("Remove the second factor"), permissions=["revoke"])
    def remove_second_factors(self, request, queryset):
        done = self._each(request, queryset, lambda user: accounts.remove_second_factor(user=user, by=request.user))
        text = ngettext("%(n)d second factor was removed.", "%(n)d second factors were removed.", done)
        self.message_user(request, text % {"n": done})

    def _each(self, request, queryset, act) -> int:
        """Do it for each that can have it done, say of the others why not; returns how many."""
        done = 0
        for user in queryset:
            try:
                act(user)
                done += 1
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.WARNING)
        return done

    def has_revoke_permission(self, request):
        return request.user.is_admin


@admin.register(Region, site=site)
class RegionAdmin(ScopedAdmin):
    list_display = ["code", "name", "parent", "depth"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    ordering = ["path"]
    fields = ["code", "name", "parent"]
    autocomplete_fields = ["parent"]

    def create(self, request, values):
        return accounts.create_region(**values)

    def alter(self, request, row, values):
        if "parent" in values:
            accounts.move_region(region=row, parent=values.pop("parent"))
        return accounts.change_region(region=row, **values) if values else row


@admin.register(Posting, site=site)
class PostingAdmin(ScopedAdmin):
    list_display = ["user", "region", "since", "until"]
    list_select_related = ["user", "region"]
    search_fields = ["user__username", "user__name", "region__code", "region__name"]
    ordering = ["-since", "-pk"]
    fields = ["user", "region", "since", "until"]
    autocomplete_fields = ["user", "region"]

    def get_readonly_fields(self, request, obj=None):
        return ["user", "region", "since"] if obj is not None else []

    def get_changeform_initial_data(self, request):
        return {"since": today(), **super().get_changeform_initial_data(request)}

    def create(self, request, values):
        return accounts.post(**values)

    def alter(self, request, row, values):
        return accounts.end_posting(posting=row, **values) if values else row


@admin.register(ApiToken, site=site)
class ApiTokenAdmin(ScopedAdmin):
    """What tokens there are. Their text is kept nowhere, and their digest, which is their key, is shown nowhere."""

    list_display = ["beginning", "owner", "scope", "label", "made_at", "ends_at", "last_used_on"]
    list_display_links = None
    list_select_related = ["user"]
    list_filter = ["scope"]
    search_fields = ["user__username", "label"]
    ordering = ["-created"]
    actions = None

    def get_queryset(self, request):
        return ApiTokenQuerySet(ApiToken).visible_to(request.user).order_by("-created")

    # The columns of the library's own model have no names that could be translated.
    @admin.display(description=_("begins with"), ordering="token_key")
    def beginning(self, token):
        return token.token_key

    @admin.display(description=_("user"), ordering="user")
    def owner(self, token):
        return token.user

    @admin.display(description=_("created at"), ordering="created")
    def made_at(self, token):
        return token.created

    @admin.display(description=_("valid until"), ordering="expiry")
    def ends_at(self, token):
        return token.expiry

    def change_view(self, request, object_id, form_url="", extra_context=None):
        raise Http404

    def history_view(self, request, object_id, extra_context=None):
        raise Http404


@admin.register(ImportRun, site=site)
class ImportRunAdmin(KindNames, ScopedAdmin):
    kinds = staticmethod(import_kinds)
    list_display = ["name", "kind_name", "state", "rows", "created", "updated", "rejected", "asked_by", "created_at"]
    list_select_related = ["asked_by"]
    list_filter = [("kind", KindFilter), "state"]
    search_fields = ["name"]
    ordering = ["-pk"]
    readonly_fields = ["kind_name"]
    fields = [
        "name",
        "kind_name",
        "state",
        "size",
        "partial",
        "rows",
        "created",
        "updated",
        "unchanged",
        "rejected",
        "seconds",
        "asked_by",
        "created_at",
        "finished_at",
        "undone_at",
        "undone_by",
    ]


@admin.register(Export, site=site)
class ExportAdmin(KindNames, ScopedAdmin):
    kinds = staticmethod(export_kinds)
    list_display = ["name", "kind_name", "format", "rows", "created_at", "expires_at"]
    list_filter = [("kind", KindFilter), "format"]
    ordering = ["-pk"]
    readonly_fields = ["kind_name"]
    fields = ["name", "kind_name", "format", "query", "rows", "created_at", "expires_at"]


@admin.register(Job, site=site)
class JobAdmin(KindNames, ScopedAdmin):
    kinds = staticmethod(job_kinds)
    list_display = [
        "id",
        "kind_name",
        "title",
        "state",
        "share_done",
        "attempts",
        "asked_by",
        "created_at",
        "finished_at",
    ]
    list_select_related = ["asked_by"]
    list_filter = ["state", ("kind", KindFilter)]
    search_fields = ["title", "kind"]
    ordering = ["-pk"]
    readonly_fields = ["kind_name", "share_done"]
    fields = [
        "kind_name",
        "title",
        "state",
        "share_done",
        "message",
        "input",
        "result",
        "error",
        "attempts",
        "asked_by",
        "created_at",
        "started_at",
        "finished_at",
    ]
    actions = ["stop", "retry"]

    @admin.display(description=_("done"))
    def share_done(self, job):
        return f"{job.percent} %"

    def get_fields(self, request, obj=None):
        """Without what the job brought or broke, where `result_for` and `error_for` do not tell it as it stands."""
        if obj is None:
            return self.fields
        hidden = {"result"} if obj.result_for(request.user) != obj.result else set()
        hidden |= {"error"} if obj.error_for(request.user) != obj.error else set()
        return [name for name in self.fields if name not in hidden]

    def has_steer_permission(self, request):
        return request.user.may_write

    @admin.action(description=_("Stop the chosen jobs"), permissions=["steer"])
    def stop(self, request, queryset):
        self._each(request, queryset, jobs.stop)

    @admin.action(description=_("Run the chosen jobs again"), permissions=["steer"])
    def retry(self, request, queryset):
        self._each(request, queryset, jobs.retry)

    def _each(self, request, queryset, action):
        done = 0
        for job in Job.objects.editable_by(request.user).filter(pk__in=list(queryset.values_list("pk", flat=True))):
            try:
                action(job=job, by=request.user)
                done += 1
            except ValidationError as refusal:
                self.message_user(request, f"{job}: {' '.join(refusal.messages)}", messages.WARNING)
        text = ngettext("%(n)d job was told.", "%(n)d jobs were told.", done)
        self.message_user(request, text % {"n": done})


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ScopedAdmin):
    """Administrators only: entries name rows of the whole brand. Others read theirs on the audit page."""

    list_display = ["at", "actor_name", "action", "model", "object_name", "via", "address"]
    list_filter = ["via"]
    search_fields = ["actor_name", "action", "object_name", "object_id"]
    date_hierarchy = "at"
    ordering = ["-pk"]
    fields = [
        "at",
        "actor",
        "action",
        "model",
        "object_id",
        "object_name",
        "changes",
        "reason",
        "via",
        "address",
        "request_id",
    ]

    def has_module_permission(self, request):
        return request.user.is_admin

    def has_view_permission(self, request, obj=None):
        return request.user.is_admin
