"""The activities of CURRICULUM's "learner does" as blocks.

Each answers per option. `courses.activities` turns a block's value into what a learner of one role and pack meets.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from content.blocks import pack_choices, role_choices
from content.blocks.text import CITE_HELP


class IdBlock(blocks.RegexBlock):
    """A short name that answers are kept under. Changing it loses the answers given so far."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("label", _("Short name"))
        super().__init__(
            regex=r"^[a-z0-9][a-z0-9-]{0,39}$",
            error_messages={"invalid": _("Use small letters, digits and hyphens only, 40 at the most.")},
            **kwargs,
        )


def _roles() -> blocks.MultipleChoiceBlock:
    return blocks.MultipleChoiceBlock(choices=role_choices, required=False, label=_("Only for these roles"))


def _packs() -> blocks.MultipleChoiceBlock:
    return blocks.MultipleChoiceBlock(choices=pack_choices, required=False, label=_("Only in these packs"))


def _feedback(required: bool = True) -> blocks.TextBlock:
    return blocks.TextBlock(label=_("What we say to that"), required=required, rows=2, help_text=CITE_HELP)


class ByPackBlock(blocks.StructBlock):
    """Where an option is answered differently under one law."""

    pack = blocks.ChoiceBlock(choices=pack_choices, label=_("Pack"))
    best = blocks.BooleanBlock(required=False, label=_("A good step here"))
    feedback = _feedback()


class FoundByPackBlock(ByPackBlock):
    """Where something is to be found under one law only."""

    best = blocks.BooleanBlock(required=False, label=_("One to find here"))


class OptionBlock(blocks.StructBlock):
    id = IdBlock()
    text = blocks.TextBlock(rows=2, label=_("Option"))
    best = blocks.BooleanBlock(required=False, label=_("A good step"))
    feedback = _feedback()
    by_pack = blocks.ListBlock(ByPackBlock(), default=[], label=_("Different under one law"))
    roles = _roles()
    packs = _packs()


class ActivityBlock(blocks.StructBlock):
    """What every kind begins with."""

    id = IdBlock()
    title = blocks.CharBlock(label=_("Title"))
    prompt = blocks.TextBlock(rows=2, label=_("What to do"))


class ReplyBlock(blocks.StructBlock):
    """What is said to one answer, everywhere or under one law."""

    answer = IdBlock(label=_("To this answer"))
    is_right = blocks.BooleanBlock(required=False, label=_("We would say so too"))
    feedback = _feedback()
    packs = _packs()


class SortBlock(ActivityBlock):
    bins = blocks.ListBlock(
        blocks.StructBlock([("id", IdBlock()), ("label", blocks.CharBlock(label=_("Head")))]),
        min_num=2,
        max_num=4,
        label=_("Heads"),
    )
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Item"))),
                ("replies", blocks.ListBlock(ReplyBlock(), label=_("Replies"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Items"),
    )

    class Meta:
        icon = "list-ul"
        label = _("Sort")


class MatchBlock(SortBlock):
    """Like sorting, with a target of its own for most items."""

    bins = blocks.ListBlock(
        blocks.StructBlock([("id", IdBlock()), ("label", blocks.CharBlock(label=_("Target")))]),
        min_num=2,
        max_num=10,
        label=_("Targets"),
    )

    class Meta:
        icon = "link"
        label = _("Match")


class RedactBlock(ActivityBlock):
    document = blocks.CharBlock(label=_("What the document is"))
    purpose = blocks.TextBlock(rows=2, label=_("Who asks for it, and what for"))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Line"))),
                (
                    "replies",
                    blocks.ListBlock(
                        blocks.StructBlock(
                            [
                                (
                                    "answer",
                                    blocks.ChoiceBlock(
                                        choices=[
                                            ("send", _("Send it")),
                                            ("leave", _("Leave it out")),
                                            ("ask", _("Ask the person first")),
                                        ],
                                        label=_("To this answer"),
                                    ),
                                ),
                                (
                                    "is_right",
                                    blocks.BooleanBlock(required=False, label=_("We would say so too")),
                                ),
                                ("feedback", _feedback()),
                                ("packs", _packs()),
                            ]
                        ),
                        label=_("Replies"),
                    ),
                ),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Lines"),
    )

    class Meta:
        icon = "cut"
        label = _("Redact a document")


class EditBlock(ActivityBlock):
    document = blocks.CharBlock(label=_("What the document is"))
    parts = blocks.ListBlock(
        blocks.StructBlock(
            [
                (
                    "id",
                    IdBlock(required=False, help_text=_("Leave it empty where the words stay as they are.")),
                ),
                ("text", blocks.TextBlock(rows=2, label=_("As it stands"))),
                ("keep_best", blocks.BooleanBlock(required=False, label=_("Leaving it is a good step"))),
                (
                    "keep_feedback",
                    blocks.TextBlock(
                        required=False, rows=2, label=_("What we say to leaving it"), help_text=CITE_HELP
                    ),
                ),
                ("options", blocks.ListBlock(OptionBlock(), default=[], label=_("Instead"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Pieces of the text, in order"),
    )

    class Meta:
        icon = "edit"
        label = _("Edit a note")


class SpotBlock(ActivityBlock):
    lines = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("who", blocks.CharBlock(required=False, label=_("Who speaks"))),
                ("text", blocks.TextBlock(rows=2, label=_("Line"))),
                ("problem", blocks.BooleanBlock(required=False, label=_("There is a problem here"))),
                ("feedback", _feedback()),
                (
                    "by_pack",
                    blocks.ListBlock(FoundByPackBlock(), default=[], label=_("Different under one law")),
                ),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Lines"),
    )

    class Meta:
        icon = "search"
        label = _("Spot the problems")


class HotspotBlock(ActivityBlock):
    """Places on a document or a plan. The places are also a list in words, so nobody needs to see the drawing."""

    document = blocks.CharBlock(label=_("What the document or plan is"))
    picture = ImageChooserBlock(required=False, label=_("Picture behind the places"))
    spots = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("label", blocks.CharBlock(label=_("What is in this place"))),
                ("problem", blocks.BooleanBlock(required=False, label=_("This is one to find"))),
                ("feedback", _feedback()),
                (
                    "by_pack",
                    blocks.ListBlock(FoundByPackBlock(), default=[], label=_("Different under one law")),
                ),
                *(
                    (key, blocks.IntegerBlock(min_value=0, max_value=100, label=label))
                    for key, label in (
                        ("left", _("From the left, per cent")),
                        ("top", _("From the top, per cent")),
                        ("width", _("Width, per cent")),
                        ("height", _("Height, per cent")),
                    )
                ),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        max_num=16,
        label=_("Places"),
    )

    class Meta:
        icon = "crosshairs"
        label = _("Find places")


class CompareBlock(ActivityBlock):
    text = blocks.TextBlock(rows=3, label=_("What is known"))
    options = blocks.ListBlock(OptionBlock(), label=_("Options"))
    expert_who = blocks.CharBlock(
        label=_("Whose view"),
        help_text=_("Somebody who does this work. Never words put into a survivor’s mouth."),
    )
    expert_text = blocks.TextBlock(label=_("How she would weigh it"), help_text=CITE_HELP)

    class Meta:
        icon = "group"
        label = _("Choose and compare")


class DecideBlock(ActivityBlock):
    cases = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("title", blocks.CharBlock(label=_("Case"))),
                ("text", blocks.TextBlock(rows=3, label=_("What is known"))),
                ("decisions", blocks.ListBlock(OptionBlock(), label=_("Decisions"))),
                ("reasons", blocks.ListBlock(OptionBlock(), label=_("Reasons"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Cases"),
    )

    class Meta:
        icon = "tasks"
        label = _("Decide and justify")


class ConfidenceBlock(ActivityBlock):
    statements = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Statement"))),
                (
                    "low",
                    blocks.TextBlock(rows=2, label=_("To somebody who is not sure"), help_text=CITE_HELP),
                ),
                ("middle", blocks.TextBlock(rows=2, label=_("To somebody in between"), help_text=CITE_HELP)),
                ("high", blocks.TextBlock(rows=2, label=_("To somebody who is sure"), help_text=CITE_HELP)),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Statements"),
    )

    class Meta:
        icon = "view"
        label = _("How sure are you?")


class ReflectionBlock(ActivityBlock):
    prompts = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("text", blocks.TextBlock(rows=2, label=_("Question"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Questions to think about"),
    )
    private_note = blocks.TextBlock(rows=2, label=_("Invitation to write"))

    class Meta:
        icon = "lock"
        label = _("Private reflection")


class RankBlock(ActivityBlock):
    person = blocks.TextBlock(rows=2, label=_("Who the person is"))
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Option"))),
                ("says", blocks.TextBlock(rows=2, label=_("What the person says about it"))),
                ("feedback", _feedback()),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Options, in the person’s order"),
    )

    class Meta:
        icon = "order-down"
        label = _("Rank with the person")


class BuildBlock(ActivityBlock):
    parts = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("label", blocks.CharBlock(label=_("Part"))),
                ("options", blocks.ListBlock(OptionBlock(), label=_("Options"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Parts"),
    )
    models = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("text", blocks.TextBlock(label=_("The whole, as we would say it"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Models"),
    )
    private_note = blocks.TextBlock(required=False, rows=2, label=_("Invitation to write an own version"))

    class Meta:
        icon = "edit"
        label = _("Build")


class ChecklistBlock(ActivityBlock):
    criteria = blocks.ListBlock(
        blocks.StructBlock([("id", IdBlock()), ("label", blocks.CharBlock(label=_("Criterion")))]),
        label=_("Criteria"),
    )
    candidates = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("name", blocks.CharBlock(label=_("Candidate"))),
                ("text", blocks.TextBlock(rows=2, label=_("What is known"))),
                (
                    "replies",
                    blocks.ListBlock(
                        blocks.StructBlock(
                            [
                                ("criterion", IdBlock(label=_("Criterion"))),
                                (
                                    "answer",
                                    blocks.ChoiceBlock(
                                        choices=[("yes", _("Yes")), ("no", _("No")), ("ask", _("Ask first"))],
                                        label=_("To this answer"),
                                    ),
                                ),
                                (
                                    "is_right",
                                    blocks.BooleanBlock(required=False, label=_("We would say so too")),
                                ),
                                ("feedback", _feedback()),
                                ("packs", _packs()),
                            ]
                        ),
                        label=_("Replies"),
                    ),
                ),
                ("verdict", blocks.ListBlock(OptionBlock(), label=_("Decision"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Candidates"),
    )

    class Meta:
        icon = "tasks"
        label = _("Checklist on candidates")


class CasesBlock(ActivityBlock):
    cases = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("title", blocks.CharBlock(label=_("Case"))),
                ("text", blocks.TextBlock(rows=3, label=_("What is known"))),
                (
                    "asks",
                    blocks.ListBlock(
                        blocks.StructBlock(
                            [
                                ("id", IdBlock()),
                                ("label", blocks.CharBlock(label=_("Question"))),
                                (
                                    "style",
                                    blocks.ChoiceBlock(
                                        choices=[
                                            ("choice", _("Choose one")),
                                            ("scale", _("A scale")),
                                            ("many", _("Choose all that apply")),
                                        ],
                                        label=_("Kind"),
                                    ),
                                ),
                                ("options", blocks.ListBlock(OptionBlock(), label=_("Options"))),
                            ]
                        ),
                        label=_("Questions"),
                    ),
                ),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Cases"),
    )

    class Meta:
        icon = "folder-open-inverse"
        label = _("Cases")


class PathwayBlock(ActivityBlock):
    steps = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Step"))),
                ("options", blocks.ListBlock(OptionBlock(), label=_("Options"))),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Steps"),
    )

    class Meta:
        icon = "arrow-right"
        label = _("Pathway")


class OrderBlock(ActivityBlock):
    items = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("id", IdBlock()),
                ("text", blocks.TextBlock(rows=2, label=_("Line"))),
                ("feedback", _feedback()),
                ("roles", _roles()),
                ("packs", _packs()),
            ]
        ),
        label=_("Lines, in the recommended order"),
    )

    class Meta:
        icon = "order"
        label = _("Put in order")


class PreferencesBlock(ActivityBlock):
    replies = blocks.ListBlock(
        blocks.StructBlock(
            [
                (
                    "setting",
                    blocks.ChoiceBlock(
                        choices=[
                            ("content_notes", _("Content notes")),
                            ("text_size", _("Text size")),
                            ("motion", _("Motion")),
                            ("language", _("Language")),
                        ],
                        label=_("Setting"),
                    ),
                ),
                ("option", blocks.CharBlock(label=_("Option"))),
                ("feedback", _feedback()),
            ]
        ),
        label=_("What each option changes"),
    )

    class Meta:
        icon = "cog"
        label = _("Set preferences")


ACTIVITY_KINDS = (
    "sort", "match", "rank", "order", "build", "edit", "redact", "spot", "compare", "decide", "cases", "checklist",
    "pathway", "confidence", "reflection", "hotspot", "preferences",
)  # fmt: skip
