"""What can be wrong with a story, in words: what, where, and what would be right."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

Level = Literal["error", "warning", "info"]
# An error stops a story from being published; a warning is for its writer to decide; info is only said.
LEVELS: tuple[Level, ...] = ("error", "warning", "info")

KINDS: Mapping[str, tuple[Level, Any]] = {
    # The document as a whole.
    "not-a-scenario": ("error", _("This is not a scenario. It should be names and values, beginning with its title.")),
    "no-words": ("error", _("The story has no %(field)s yet. Write it.")),
    "no-scenes": ("error", _("The story has no scenes yet. Write the first one.")),
    "no-first": ("error", _("No scene is the first one. Choose with which scene the story begins.")),
    "broken-first": ("error", _("The story should begin with “%(target)s”, and no scene has this key. Choose another one.")),
    "no-last-decision": ("error", _("The story has a clock and no last decision. Choose the scene that comes next when the time is up.")),
    "broken-last-decision": ("error", _("When the time is up, “%(target)s” should come next, and no scene has this key. Choose another one.")),
    "no-way-to-end": ("error", _("No choice of the story leads to the end. Let at least one choice end it.")),
    "malformed": ("error", _("“%(field)s” is not what it should be. %(right)s")),
    # Scenes.
    "no-key": ("error", _("Scene number %(number)s has no key. Give it a short one that no other scene has.")),
    "duplicate-scene": ("error", _("Two scenes have the key “%(scene)s”. Give one of them another key.")),
    "no-title": ("error", _("The scene “%(scene)s” has no title. Write one.")),
    "no-text": ("error", _("The scene “%(scene)s” has no text. Write what the learner sees.")),
    "no-choices": ("error", _("The scene “%(scene)s” has no choices, so nobody gets out of it. Add a choice, or let the choices that lead here end the story.")),
    "dynamic-no-choices": ("error", _("An imported macro computed where the scene “%(scene)s” leads. It is kept and not run, so nobody gets out of the scene. Add the choices that it made.")),
    "one-choice": ("info", _("The scene “%(scene)s” has one choice only: there is nothing to decide, and nothing is scored. That is right for a “continue”.")),
    "no-safe-choice": ("warning", _("Every choice of the scene “%(scene)s” breaks an absolute rule. Add one that does not.")),
    "unreachable": ("error", _("No way leads to the scene “%(scene)s”. Let a choice lead to it, or delete it.")),
    "unreachable-part": ("error", _("No way leads to the scene “%(scene)s” (further scenes behind it: %(count)s). Let a choice lead to it, or delete them.")),
    "unreachable-dynamic": ("info", _("No way that can be seen leads to the scene “%(scene)s”. An imported macro computes where it leads and may lead here. Try it, or replace the macro by choices.")),
    "loop": ("error", _("The scenes %(names)s lead only to one another: nobody gets out. Let one of their choices lead on.")),
    "loop-alone": ("error", _("Every choice of the scene “%(scene)s” leads back to it: nobody gets out. Let one of them lead on.")),
    "trap": ("error", _("In some plays there is no way out of %(names)s, because the choices that lead out are hidden there. Add one that is always offered.")),
    "all-hidden": ("warning", _("Every choice of the scene “%(scene)s” depends on a condition, and all can be hidden at once. Let one choice be offered always.")),
    "stuck": ("error", _("Some plays come to the scene “%(scene)s” and find every choice hidden. Let one choice be offered always.")),
    "never-seen": ("warning", _("No play comes to the scene “%(scene)s”: the conditions on the ways to it never hold at the time. Change them, or delete the scene.")),
    "broken-before": ("error", _("The scene “%(scene)s” should stand before “%(target)s”, and no scene has this key. Choose another one.")),
    "before-itself": ("error", _("The scene “%(scene)s” should stand before itself. Choose another scene.")),
    # Choices.
    "no-choice-key": ("error", _("Choice number %(number)s of the scene “%(scene)s” has no key. Give it one.")),
    "duplicate-choice": ("error", _("Two choices have the key “%(choice)s”, one of them in the scene “%(scene)s”. Give one another key.")),
    "no-choice-text": ("error", _("The choice “%(choice)s” has no text. Write what the learner does.")),
    "no-target": ("error", _("The choice “%(choice)s” leads nowhere yet. Choose a scene, or let it end the story.")),
    "broken-target": ("error", _("The choice “%(choice)s” leads to “%(target)s”, and no scene has this key. Choose another one.")),
    "no-rationale": ("error", _("The choice “%(choice)s” has no rationale. Write why it helps or does not.")),
    "critical-no-rationale": ("error", _("The choice “%(choice)s” breaks an absolute rule and does not say why that is one. Write its rationale: the debrief begins with it.")),
    "no-score": ("error", _("The choice “%(choice)s” has no score. Give it at least one, from -2 to 2.")),
    "bad-score": ("error", _("The choice “%(choice)s” scores %(name)s with %(value)s. A score is a whole number from -2 to 2 and not 0, for one of: %(known)s.")),
    "unknown-move": ("error", _("“%(name)s” is not a kind of move. Known are: %(known)s.")),
    "same-scores": ("info", _("All choices of the scene “%(scene)s” score the same, so it assesses nothing. That may be meant.")),
    "longest": ("warning", _("The best choice is the longest one in %(count)s of %(total)s scenes, so that length gives it away. Shorten it, or say more in the others: for instance in %(names)s.")),
    # Variables and conditions.
    "no-variable-key": ("error", _("Variable number %(number)s has no key. Give it one.")),
    "duplicate-variable": ("error", _("Two variables have the key “%(name)s”. Give one of them another key.")),
    "bad-start": ("error", _("The variable “%(name)s” begins with %(value)s, which is not a whole number between its bounds. Change the start or the bounds.")),
    "unused-variable": ("warning", _("The variable “%(name)s” is never changed, and nothing asks for it. Use it or delete it.")),
    "never-set": ("warning", _("Conditions ask for the variable “%(name)s”, and nothing ever changes it. Let a choice change it, or do without the conditions.")),
    "never-read": ("info", _("The variable “%(name)s” is changed, and nothing asks for it. That is right for a counter that is only kept.")),
    "unknown-variable": ("error", _("There is no variable “%(name)s”. Choose one of: %(known)s.")),
    "bad-change": ("error", _("A change of “%(name)s” should be a whole number.")),
    "no-condition": ("error", _("A condition is missing in %(where)s. Say when it applies.")),
    "bad-condition": ("error", _("A condition in %(where)s cannot be read. It should be one comparison, such as: trust is less than 4.")),
    "condition-too-deep": ("error", _("A condition in %(where)s is nested deeper than %(most)s levels. Make it flatter.")),
    "unknown-visited": ("error", _("A condition in %(where)s asks about a visit to “%(name)s”, and no scene has this key. Choose another one.")),
    "cannot-hold": ("warning", _("The condition in %(where)s can never hold: the variables do not reach such values. Change it, or delete what depends on it.")),
    "always-holds": ("info", _("The condition in %(where)s always holds, so it changes nothing. It can go.")),
    "never-holds": ("warning", _("The condition in %(where)s holds in no play: whoever comes here has other values. Change it, or delete what depends on it.")),
    # Endings.
    "no-endings": ("error", _("The story has no endings yet. Write at least one.")),
    "no-ending-key": ("error", _("Ending number %(number)s has no key. Give it one.")),
    "duplicate-ending": ("error", _("Two endings have the key “%(name)s”. Give one of them another key.")),
    "no-ending-words": ("error", _("The ending “%(name)s” has no %(field)s. Write it.")),
    "last-ending": ("error", _("The last ending, “%(name)s”, depends on a condition, so that a play may end without one. Let the last ending hold always.")),
    "endless": ("error", _("Some plays that end in the scene “%(scene)s” fit no ending. Let the last ending hold always.")),
    "never-ends-so": ("warning", _("No play reaches the ending “%(name)s”. Change its condition, its place in the list, or what choices change.")),
    # Rules of the debrief.
    "broken-must": ("error", _("The rule “%(name)s” is about “%(target)s”, which is not in the story. Choose another one.")),
    "empty-must": ("error", _("The rule “%(name)s” is about no choice and no scene. Choose one.")),
    "must-kind": ("error", _("The rule “%(name)s” should be one of: visit, avoid.")),
    "cannot-visit": ("warning", _("No play can meet the rule “%(name)s”: nothing that it asks for is ever offered.")),
    "cannot-avoid": ("warning", _("No play can meet the rule “%(name)s”: every way to an ending goes through what it forbids.")),
    # Other people's view.
    "no-view": ("error", _("%(name)s has no words for some scenes (%(count)s): %(names)s. Write what this person knew there.")),
    "broken-view": ("error", _("%(name)s has words for “%(target)s”, which is not in the story. Choose another one, or delete them.")),
    # Places.
    "broken-overlay": ("error", _("The change for %(jurisdiction)s is about something that is no longer in the story. Delete it.")),
    "overlay-not-a-choice": ("error", _("The change for %(jurisdiction)s leaves out something that is not a choice. Only a choice can be left out.")),
    "overlay-no-words": ("error", _("The change for %(jurisdiction)s says neither what to replace nor what to leave out. Say one of them.")),
    "overlay-no-jurisdiction": ("error", _("A change names no jurisdiction. Say where it applies.")),
    "overlay-leaves-nothing": ("error", _("In %(jurisdiction)s every choice of the scene “%(scene)s” is left out. Keep one.")),
    # The walk.
    "bounded": ("info", _("The story has too many states to try them all: %(count)s were tried. What is said about every play holds for these.")),
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: keys for people, the UUID of what is at fault for links and screens.

    `field` is the name in the document. `jurisdiction` is set where the problem exists only there.
    """

    code: str
    scene: str = ""
    choice: str = ""
    uuid: str = ""
    field: str = ""
    jurisdiction: str = ""
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    asked: Level | None = None

    @property
    def level(self) -> Level:
        return self.asked or KINDS[self.code][0]

    @property
    def message(self) -> str:
        """In the language of whoever asks."""
        about = {
            "scene": self.scene,
            "choice": self.choice,
            "field": self.field,
            "jurisdiction": self.jurisdiction,
        }
        words = str(KINDS[self.code][1]) % (about | dict(self.about))
        if self.jurisdiction and not self.code.startswith(("broken-overlay", "overlay-")):
            return _("In %(jurisdiction)s: %(words)s") % {"jurisdiction": self.jurisdiction, "words": words}
        return words

    @property
    def pointer(self) -> str:
        """The place in the document by keys, such as `scenes/n01/choices/n01-a/to`."""
        parts = ["scenes", self.scene] if self.scene else []
        parts += ["choices", self.choice] if self.choice else []
        return "/".join([*parts, *([self.field] if self.field else [])])

    def as_json(self) -> dict[str, Any]:
        plain = {
            "level": self.level, "code": self.code, "scene": self.scene, "choice": self.choice, "uuid": self.uuid,
            "pointer": self.pointer, "jurisdiction": self.jurisdiction, "message": self.message,
        }  # fmt: skip
        return {key: value for key, value in plain.items() if value}
