"""Parts of the editor that show what hangs on a thing."""

from typing import Any

from wagtail.admin.panels import Panel

from content.fact_uses import uses_of_facts


class UsedInPanel(Panel):
    """All that cites the fact: what has to be looked at when it changes."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "content/admin/used_in.html"

        def is_shown(self) -> bool:
            return self.instance.pk is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(parent_context)
            code = self.instance.code
            return context | {"uses": uses_of_facts({code}).get(code, [])}
