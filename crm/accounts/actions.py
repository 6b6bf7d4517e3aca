"""Making and changing people, regions and postings."""

from __future__ import annotations

import datetime

from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from knox.crypto import hash_token

from crm.accounts.models import ApiToken, Posting, Region, Role, User
from crm.audit.actions import HIDDEN, diff, record, snapshot
from crm.clock import today
from crm.saving import save


@transaction.atomic
def create_region(*, code: str, name: str, parent: Region | None = None) -> Region:
    """A region under `parent`. Raises ValidationError keyed by field."""
    code = code.strip()
    if Region.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is a region with this code already.")})
    region = Region(code=code, name=name.strip(), parent=parent, depth=parent.depth + 1 if parent else 0)
    region.path = f"new-{code}"[:255]
    region.full_clean(exclude=["path"])
    save(region)
    region.path = f"{parent.path if parent else '/'}{region.pk}/"
    region.save(update_fields=["path"])
    record(
        action="region.create", target=region, changes={"code": [None, code], "parent": [None, parent and parent.code]}
    )
    return region


@transaction.atomic
def move_region(*, region: Region, parent: Region | None) -> Region:
    """Hang a branch elsewhere; a move under itself is refused. One at a time: two could hang each under the other."""
    tree = {node.pk: node for node in Region.objects.select_for_update().order_by("pk")}
    region, parent = tree[region.pk], tree[parent.pk] if parent is not None else None
    if parent is not None and parent.path.startswith(region.path):
        raise ValidationError({"parent": _("A region cannot lie under itself.")})
    before = snapshot(region, ["parent_id"])
    old, new = region.path, f"{parent.path if parent else '/'}{region.pk}/"
    shift = (parent.depth + 1 if parent else 0) - region.depth
    branch = [node for node in tree.values() if node.path.startswith(old)]
    for node in branch:
        node.path = new + node.path[len(old) :]
        node.depth += shift
        if node.pk == region.pk:
            node.parent = parent
    Region.objects.bulk_update(branch, ["path", "depth", "parent"])
    region.refresh_from_db()
    record(action="region.move", target=region, changes=diff(before, snapshot(region, ["parent_id"])))
    return region


@transaction.atomic
def change_region(*, region: Region, **values) -> Region:
    """Change code or name; `move_region` hangs it elsewhere."""
    before = snapshot(region, list(values))
    for field, value in values.items():
        setattr(region, field, value.strip())
    region.full_clean()
    save(region, update_fields=list(values))
    changes = diff(before, snapshot(region, list(values)))
    if changes:
        record(action="region.change", target=region, changes=changes)
    return region


def root_region() -> Region:
    return Region.objects.filter(parent__isnull=True).order_by("pk")[0]


@transaction.atomic
def create_user(
    *,
    username: str,
    role: str,
    password: str | None = None,
    name: str = "",
    email: str = "",
    region: Region | None = None,
    since: datetime.date | None = None,
    phone: str = "",
) -> User:
    """A person with a role, posted to a region. Raises ValidationError keyed by field.

    Heads, analysts and API clients without a region are posted to the whole brand; managers without one see only the
    customers they are in charge of by name.
    """
    if role not in Role.values:
        raise ValidationError({"role": _("Unknown role.")})
    user = User(username=username, role=role, name=name, email=email, phone=phone)
    user.set_password(password)
    user.full_clean(exclude=["password"])
    save(user)
    if region is None and role in (Role.HEAD, Role.ANALYST, Role.API):
        region = root_region()
    if region is not None:
        Posting.objects.create(user=user, region=region, since=since or today())
    record(
        action="user.create",
        target=user,
        changes={"role": [None, role], "region": [None, region.code if region else None]},
    )
    return user


@transaction.atomic
def change_user(*, user: User, reason: str = "", **values) -> User:
    """Change role, name, e-mail, activity … of a person; acts on their next request."""
    before = snapshot(user, list(values))
    for field, value in values.items():
        setattr(user, field, value)
    user.full_clean(exclude=["password"])
    save(user)
    changes = diff(before, snapshot(user, list(values)))
    if "email" in changes:
        # allauth keeps the addresses it once wrote to; by an old one, nobody may sign in or reset the password.
        EmailAddress.objects.filter(user=user).delete()
    if changes:
        record(action="user.change", target=user, changes=changes, reason=reason)
    return user


def _only_administrators(by: User | None) -> None:
    """None is whoever may run commands on the server."""
    if by is not None and not (by.is_admin and by.may_write):
        raise PermissionDenied(_("Only administrators may do this."))


@transaction.atomic
def send_password_link(*, user: User, by: User, request) -> None:
    """A letter with the link by which a person sets a password; sent when the answer is out, as those they ask for."""
    _only_administrators(by)
    if not user.is_active:
        raise ValidationError(_("The account of %(name)s is closed.") % {"name": user})
    if not user.email:
        raise ValidationError(_("%(name)s has no e-mail address.") % {"name": user})
    request_password_reset(request, user.email, [user], default_token_generator)
    record(action="user.link", target=user, actor=by)


@transaction.atomic
def remove_second_factor(*, user: User, by: User | None = None) -> None:
    """For who lost the device: app and recovery codes are gone, the next sign-in asks for the password alone."""
    _only_administrators(by)
    if by is not None and by.pk == user.pk:
        # The profile asks for the password first; here, an open screen would be enough.
        raise ValidationError(_("Turn your own second factor off on your profile."))
    kinds = sorted(Authenticator.objects.select_for_update().filter(user=user).values_list("type", flat=True))
    if not kinds:
        raise ValidationError(_("%(name)s has no second factor.") % {"name": user})
    Authenticator.objects.filter(user=user).delete()
    record(action="user.factor", target=user, actor=by, changes={kind: [HIDDEN, None] for kind in kinds})


@transaction.atomic
def set_preferences(*, user: User, language: str | None = None, theme: str | None = None) -> User:
    """A person's own language and theme. Not audited: it is nobody else's business."""
    fields = []
    if language is not None:
        user.language, fields = language, [*fields, "language"]
    if theme is not None:
        user.theme, fields = theme, [*fields, "theme"]
    user.clean_fields(exclude=[f.name for f in user._meta.fields if f.name not in fields])
    user.save(update_fields=fields)
    return user


@transaction.atomic
def post(*, user: User, region: Region, since: datetime.date, until: datetime.date | None = None) -> Posting:
    posting = Posting(user=user, region=region, since=since, until=until)
    posting.full_clean()
    posting.save()
    record(action="posting.create", target=posting, changes={"since": [None, since], "until": [None, until]})
    return posting


@transaction.atomic
def end_posting(*, posting: Posting, until: datetime.date | None) -> Posting:
    """Say from which day on a posting no longer holds (None: it goes on); acts on the person's next request."""
    before = snapshot(posting, ["until"])
    posting.until = until
    posting.full_clean()
    posting.save(update_fields=["until"])
    record(action="posting.change", target=posting, changes=diff(before, snapshot(posting, ["until"])))
    return posting


@transaction.atomic
def create_token(*, user: User, scope: str = ApiToken.Scope.READ, label: str = "") -> tuple[ApiToken, str]:
    """A token and its text, which is shown this once and never again."""
    if scope not in ApiToken.Scope.values:
        raise ValidationError({"scope": _("Unknown scope.")})
    token, text = ApiToken.objects.create(user=user)
    token.scope, token.label = scope, label
    token.save(update_fields=["scope", "label"])
    record(action="token.create", target=user, changes={"scope": [None, scope], "label": [None, label]})
    assert token.digest == hash_token(text)
    return token, text


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token now; whoever uses it gets 401 on the next request."""
    record(
        action="token.revoke",
        target=token.user,
        actor=by,
        changes={"label": [token.label, None], "scope": [token.scope, None]},
    )
    token.delete()
