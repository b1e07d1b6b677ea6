"""Pages of the admin about what is taught and how old it is."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from content.fact_uses import uses_of_facts
from content.rechecks import by_month, rechecks

SOON_DAYS = 31


@permission_required("content.view_fact")
def calendar(request: HttpRequest) -> HttpResponse:
    """Everything that has to be looked at again, overdue first, each fact with all that cites it."""
    today = timezone.localdate()
    rows = rechecks()
    uses = uses_of_facts({row.fact_code for row in rows if row.fact_code})
    months = [
        (month, [(row, uses.get(row.fact_code, [])) for row in month.rows])
        for month in by_month(rows, on=today)
    ]
    return render(
        request,
        "content/admin/calendar.html",
        {
            "months": months,
            "title": _("Re-check calendar"),
            "breadcrumbs_items": [{"url": "", "label": _("Re-check calendar")}],
        },
    )


class RecheckPanel(Component):
    """On the first page of the admin: how much is overdue, and what comes next."""

    name = "rechecks"
    template_name = "content/admin/recheck_panel.html"
    order = 150

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        if not parent_context["request"].user.has_perm("content.view_fact"):
            return {"is_shown": False}
        due = rechecks(until=today + timedelta(days=SOON_DAYS))
        late = [row for row in due if row.is_overdue(on=today)]
        return {
            "is_shown": True,
            "late": late[:8],
            "late_count": len(late),
            "soon_count": len(due) - len(late),
        }
