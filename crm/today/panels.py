"""Today's list on the first page, and for heads what waits in their team."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from crm.today.reading import everything, lines_of, team_of


def has_team(user) -> bool:
    """Whether this person looks after what others do: heads, administrators, and those who only read."""
    return user.is_head or user.is_admin or not user.may_write


def today_panel(request) -> list[Panel]:
    """Nothing where nothing waits; what is said then is for whoever knows whether there are customers."""
    user, day = request.user, today()
    found = everything(user, day)
    request.today_lines = lines = lines_of(user, day, found)
    panels = []
    if lines.tasks or lines.aside:
        context = {"lines": lines, "may_write": user.may_write, "back": "home"}
        panels.append(Panel("today/_panel.html", context, "main"))
    if has_team(user) and (shares := [one for one in team_of(user, day, found) if one.owner_id != user.pk]):
        panels.append(Panel("today/_team.html", {"shares": shares}, "main"))
    return panels
