"""The words of the audit log for what the ground floor does."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import ApiToken, Role
from crm.audit.words import Words
from crm.exports.kinds import registry as export_kinds
from crm.imports.kinds import registry as import_kinds


def _labels(registry):
    return lambda: {code: kind.label for code, kind in registry().items()}


AUDIT = Words(
    actions={
        "session.begin": _("Signed in"),
        "session.end": _("Signed out"),
        "session.refuse": _("Sign-in refused"),
        "user.create": _("User added"),
        "user.change": _("User changed"),
        "user.password": _("Password changed"),
        "user.factor": _("Second factor changed"),
        "user.link": _("Password link sent"),
        "today.hand": _("Something to do handed over"),
        "posting.create": _("Posting added"),
        "posting.change": _("Posting changed"),
        "region.create": _("Region added"),
        "region.change": _("Region changed"),
        "region.move": _("Region moved"),
        "token.create": _("API token made"),
        "token.revoke": _("API token revoked"),
        "view.save": _("View saved"),
        "view.delete": _("View deleted"),
        "import.upload": _("File uploaded"),
        "import.refuse": _("File refused by the virus scanner"),
        "import.map": _("Columns named"),
        "import.start": _("Import started"),
        "import.done": _("Import finished"),
        "import.ask_undo": _("Undo asked for"),
        "import.undo": _("Import undone"),
        "import.rejected": _("Refused rows downloaded"),
        "export.ask": _("Export asked for"),
        "export.download": _("Export downloaded"),
        "export.expire": _("Old export deleted"),
        "job.stop": _("Job stopped"),
        "job.retry": _("Job run again"),
        "keys.rotate": _("Keys changed"),
        "backup.make": _("Backup made"),
        "backup.restore": _("Backup restored"),
    },
    kinds=(
        "crm.user",
        "crm.posting",
        "crm.region",
        "crm.importrun",
        "crm.export",
        "crm.job",
        "crm.savedview",
    ),
    values={
        ("crm.importrun", "kind"): _labels(import_kinds),
        ("crm.export", "kind"): _labels(export_kinds),
        ("crm.user", "scope"): lambda: dict(ApiToken.Scope.choices),
        ("crm.user", "role"): lambda: dict(Role.choices),
        ("crm.savedview", "page"): _labels(export_kinds),
    },
    names={"digest": pgettext_lazy("fingerprint", "digest")},
)
