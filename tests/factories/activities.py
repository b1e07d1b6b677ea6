"""One short exercise of each kind, written as a trainer writes it in a lesson file."""

from pathlib import Path

from courses.activities import Activity, Audience, resolve
from courses.blocks import LessonStreamBlock
from courses.lesson_files import LessonFile, read_lesson

ROLES, PACKS = ["R1", "R3"], ["INT", "US", "UK"]
FRONT = """---
id: "1.3"
module: M01
title: First words
minutes: 14
core: true
level: 1
outcomes: ["M01.3"]
content_note: ""
gates: [survivor]
version: "2026.1"
valid_from: 2026-11-22
recheck_by: 2027-05-22
by_the_end: [do it]
summary: In short.
use_tomorrow: [Do it]
---
You meet somebody.

"""
TEXTS = {
    "match": """
id: words
title: "Try it: words and what they mean"
prompt: Match each situation to its word.
targets:
  - {id: forced, label: Forced labour}
  - {id: domestic, label: Domestic servitude}
  - {id: smuggling, label: Smuggling}
items:
  - id: packer
    text: A packer pays a debt that never gets smaller.
    answer: forced
    feedback: Work under a debt that only grows is forced.
    otherwise: She crossed no border and lives in no household.
  - id: crossing
    text: A man pays to be taken over a border and is let go there.
    answer: smuggling
    feedback:
      forced: Nobody makes him work.
      domestic: He lives in nobody's household.
      smuggling: He asked for the crossing, and it ended there.
""",
    "rank": """
id: tonight
title: "Try it: what comes first for Dana"
prompt: Ask about each, put them in order, then compare with her order.
person: Dana, 34, cleaner. She would like to go home tonight to her brother.
items:
  - {id: brother, text: Call her brother, says: "He does not know where I am.", feedback: He is the one she trusts.}
  - {id: phone, text: Charge her phone, says: "All my numbers are in it.", feedback: Without it she reaches nobody.}
  - {id: report, text: Make a report, says: "Not tonight.", feedback: It can wait; her trust cannot.}
""",
    "edit": """
id: radio
title: "Try it: mend the message"
prompt: Choose for each underlined piece whether it stays.
document: Radio message
parts:
  - text: Female, about 30,
  - id: claims
    text: claims she fell.
    keep: {feedback: "To claim is to be doubted."}
    options:
      - {id: says, text: "“I fell,” she said.", best: true, feedback: Her own words.}
      - {id: cut, text: "(leave it out)", feedback: Then nobody knows that she said it.}
  - id: where
    text: By the loading door.
    keep: {best: true, feedback: A place helps whoever comes next.}
    options:
      - {id: cut, text: "(leave it out)", feedback: The next person has to search.}
""",
    "redact": """
id: referral
title: "Try it: what goes to the housing service"
prompt: Decide line by line.
document: Referral to a housing service
purpose: They need to know whether the room fits.
lines:
  - id: stairs
    text: She cannot climb stairs.
    answer: send
    feedback: {send: It decides about the room., leave: They would offer the third floor., ask: Tell her that you send it.}
  - id: history
    text: What happened at the farm.
    answer: leave
    feedback: {send: They do not need it., leave: Hers to tell., ask: It is no question for a room.}
""",
    "spot": """
id: transcript
title: "Try it: an interview with an interpreter"
prompt: Read what was said.
lines:
  - {id: l1, who: Officer, text: "Tell her we know who did this.", problem: true, feedback: Speak to her and not about her.}
  - {id: l2, who: Interpreter, text: "May I repeat the question?", feedback: To check is good practice.}
  - {id: l3, who: Officer, text: "Why did you stay so long?", problem: true, feedback: It blames; ask what happened.}
""",
    "compare": """
id: call
title: "Try it: the call from the employer"
prompt: Choose, then compare.
text: Her employer rings the ward and asks when she goes home.
options:
  - {id: say, text: Say that she is here., feedback: Now he knows where she is.}
  - {id: nothing, text: Say that you give no information about anybody., best: true, feedback: It is true of everybody.}
expert: {who: How a ward sister who takes such calls every week would weigh it, text: I say the same to every caller.}
""",
    "decide": """
id: share
title: "Try it: share or not"
prompt: Decide, and say what carries it.
cases:
  - id: van
    title: A van at dawn
    text: A boy of about fifteen says that the van takes them to work at four.
    decisions:
      - {id: refer, text: Make a referral today., best: true, feedback: He may be a child.}
      - {id: wait, text: Wait for more., feedback: Tomorrow the van may be elsewhere.}
    reasons:
      - {id: child, text: He may be under 18., best: true, feedback: Then no proof of force is needed.}
      - {id: hours, text: The hours., best: true, feedback: Part of the picture.}
      - {id: accent, text: His accent., feedback: It says nothing.}
""",
    "confidence": """
id: sure
title: "How sure are you?"
prompt: Nobody sees this but you.
statements:
  - id: explain
    text: I could explain to a colleague what I may share.
    feedback: {low: Read part two once more., middle: Try it on a colleague., high: Then explain it to somebody this week.}
""",
    "reflection": """
id: think
title: "For you alone"
prompt: Take a minute.
prompts:
  - Who was patient with you when you could not speak?
  - What did they do?
private_note: Write it down if you like.
""",
    "hotspot": """
id: paper
title: "Try it: the discharge paper"
prompt: Find what could put her at risk at home.
document: Discharge paper of a clinic
spots:
  - {id: address, at: [5, 10, 40, 12], label: Letter to home address, problem: true, feedback: Others open the post.}
  - {id: time, at: [55, 10, 40, 12], label: Time of next visit, feedback: It says nothing about why.}
""",
    "sort": """
id: tasks
title: "Try it: mine or not mine"
prompt: Sort these.
bins:
  - {id: mine, label: Part of my role}
  - {id: other, label: Somebody else's}
items:
  - id: warm
    text: Offer water and somewhere quiet.
    answer: mine
    feedback: {mine: Anybody can., other: It needs no specialist.}
""",
    "build": """
id: opening
title: "Try it: build an opening"
prompt: Choose a line for each part.
parts:
  - id: name
    label: Your name
    options:
      - {id: first, text: I am Sam., best: true, feedback: Short and human.}
      - {id: rank, text: I am Sergeant Hale., feedback: A rank can frighten.}
model: I am Sam. You can stop at any time.
private_note: Write your own opening.
""",
    "checklist": """
id: interpreters
title: "Try it: who interprets"
prompt: Weigh each.
criteria:
  - {id: linked, label: Linked to the person}
candidates:
  - id: cousin
    name: A cousin
    text: He came with her.
    answers: {linked: "yes"}
    feedback: {linked: {"yes": He knows her employer., "no": He came with her., ask: You know it already.}}
    verdict:
      - {id: use, text: Use him, feedback: She cannot speak freely.}
      - {id: find, text: Find somebody else, best: true, feedback: A stranger hears more.}
""",
    "cases": """
id: farms
title: "Try it: how concerned are you"
prompt: Read and weigh.
cases:
  - id: farm
    title: The farm
    text: Six men sleep in a barn.
    asks:
      - id: concern
        label: How concerned are you?
        style: scale
        options:
          - {id: low, text: Low, feedback: Look again at the doors.}
          - {id: raised, text: Raised, best: true, feedback: Several signs together.}
""",
    "pathway": """
id: next
title: "Try it: one step after another"
prompt: Walk it.
steps:
  - id: one
    text: She asks you to wait.
    options:
      - {id: wait, text: Wait, best: true, feedback: It is her pace.}
      - {id: press, text: Press on, feedback: She may stop talking.}
  - id: two
    text: She comes back alone.
    options:
      - {id: ask, text: Ask what she needs, best: true, feedback: Her needs come first.}
      - {id: form, text: Fetch the form, feedback: It can wait.}
""",
    "order": """
id: contact
title: "Try it: order the contact"
prompt: Put these in order.
items:
  - {id: danger, text: Look for danger, feedback: Nothing else helps before that.}
  - {id: health, text: See to wounds, feedback: Pain comes before talk.}
  - {id: privacy, text: Find a quiet place, feedback: Then she can speak.}
""",
    "preferences": """
id: settings
title: "Try it: make it yours"
prompt: Set how the site treats you.
settings: [motion]
feedback:
  motion: {device: As your device says., reduce: Nothing moves.}
""",
}


def activity_text(kind: str) -> str:
    return f"kind: {kind}\n{TEXTS[kind].strip()}\n"


def lesson_of(folder: Path, *activities: str, name: str = "1.3.md") -> LessonFile:
    """A lesson with these exercises. Raises CurriculumError as any lesson does."""
    path = folder / name
    boxes = "\n".join(f"::: activity\n{text}:::\n" for text in activities)
    path.write_text(FRONT + boxes, encoding="utf-8")
    return read_lesson(path, name=f"lessons/{name}", roles=ROLES, packs=PACKS)


def lesson_of_every_kind(folder: Path) -> LessonFile:
    return lesson_of(folder, *map(activity_text, TEXTS))


def as_met(lesson: LessonFile, audience: Audience, kind: str) -> Activity:
    """An exercise of this lesson as somebody meets it, by way of the block that trainers edit."""
    body = LessonStreamBlock().to_python([block for block in lesson.body if block["type"] == kind])
    return resolve(kind, body[0].value, audience)
