"""Make a person who can sign in."""

import getpass
import secrets
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.accounts.actions import create_user
from crm.accounts.models import Region, Role, User
from crm.command import OurCommand, Refused


class Command(OurCommand):
    help = "Make a person: create_user LOGIN --role manager|head|admin|analyst|api [--region CODE] [--password-stdin]"

    def add_arguments(self, parser):
        parser.add_argument("login")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--region", help="code of the region the person works in")
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args, **options):
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

    def _warn(self, user: User, password: str) -> None:
        """Whoever may run this may choose; the pages would not take it."""
        try:
            validate_password(password, user)
        except ValidationError as weakness:
            self.stderr.write(_("This password is weak: %(why)s") % {"why": " ".join(weakness.messages)})
