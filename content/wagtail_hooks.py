from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.models import (
    Fact,
    GlossaryTerm,
    JurisdictionPack,
    ReferralService,
    ReviewSignOff,
    Source,
    SupportContact,
)


class FactViewSet(SnippetViewSet):
    model = Fact
    icon = "clipboard-list"
    list_display = ["code", "statement", "confidence", "recheck_by"]
    list_filter = ["confidence", "jurisdiction_code"]
    search_fields = ["code", "statement"]


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "link"
    list_display = ["key", "label", "year"]
    search_fields = ["key", "label", "title"]


class PackViewSet(SnippetViewSet):
    model = JurisdictionPack
    icon = "globe"
    list_display = ["code", "name", "version", "recheck_by"]


class TermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "list-ul"
    list_display = ["term", "meaning"]
    search_fields = ["term", "meaning"]


class SignOffViewSet(SnippetViewSet):
    model = ReviewSignOff
    icon = "check"
    list_display = ["subject", "gate", "signed_on"]
    list_filter = ["gate"]


class ContactViewSet(SnippetViewSet):
    model = SupportContact
    icon = "help"
    list_display = ["country", "name", "phone", "checked_on"]
    list_filter = ["country"]


class ReferralViewSet(SnippetViewSet):
    model = ReferralService
    icon = "group"
    list_display = ["name", "agency", "verified_on"]
    list_filter = ["agency"]


class TruthGroup(SnippetViewSetGroup):
    """What is taught and where it comes from."""

    menu_label = _("Facts and reviews")
    menu_icon = "clipboard-list"
    menu_order = 220
    items = (FactViewSet, SourceViewSet, PackViewSet, TermViewSet, SignOffViewSet)


class DirectoryGroup(SnippetViewSetGroup):
    """Where to turn."""

    menu_label = _("Help and referral")
    menu_icon = "help"
    menu_order = 230
    items = (ContactViewSet, ReferralViewSet)


register_snippet(TruthGroup)
register_snippet(DirectoryGroup)
