"""Make a person who can sign in."""

import getpass
import secrets
import sys

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts.actions import create_user
from crm.accounts.models import Region, Role, User
from crm.command import OurCommand, Refused


class Command(OurCommand):
    help = (
        "Make a person: create_user LOGIN --role manager|head|admin|analyst|api [--region CODE] [--password-stdin]; "
        "or let a dealer in: create_user LOGIN --portal CUSTOMER_CODE, which prints a link that works once"
    )

    def add_arguments(self, parser):
        parser.add_argument("login")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--role", choices=Role.values)
        what.add_argument("--portal", metavar="CUSTOMER_CODE", help="LOGIN is a dealer's e-mail, phone or name")
        parser.add_argument("--region", help="code of the region the person works in")
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args, **options):
        if options["portal"] is not None:
            return self._dealer(options)
        region = None
        if options["region"]:
            region = Region.objects.filter(code=options["region"]).first()
            if region is None:
                raise Refused(_("No region has the code “%(code)s”.") % {"code": options["region"]})
        made_up = None
        if options["password_stdin"]:
            password = sys.stdin.readline().rstrip("\r\n")
        elif sys.stdin.isatty():
            password = getpass.getpass("Password: ")
        else:
            password = made_up = secrets.token_urlsafe(12)
        if not password:
            raise Refused(_("The password is empty."))
        user = create_user(
            username=options["login"],
            role=options["role"],
            password=password,
            name=options["name"],
            email=options["email"],
            region=region,
        )
        self.stderr.write(f"{user.username} ({user.role}) made.")
        self._warn(user, password)
        if made_up:
            self.stdout.write(made_up)

    def _dealer(self, options) -> None:
        """No user: whoever comes in by the link sees the customer's own figures and nothing else."""
        if options["region"] or options["password_stdin"]:
            raise Refused(_("A dealer has neither a region nor a password."))
        names = ("name", "email")
        link = import_string(settings.PORTAL_INVITE)(
            code=options["portal"], login=options["login"], **{name: options[name] for name in names}
        )
        self.stderr.write(f"{options['login']} ({options['portal']}) invited.")
        self.stdout.write(link)

    def _warn(self, user: User, password: str) -> None:
        """Whoever may run this may choose; the pages would not take it."""
        try:
            validate_password(password, user)
        except ValidationError as weakness:
            self.stderr.write(_("This password is weak: %(why)s") % {"why": " ".join(weakness.messages)})
