"""Every rule of `load_curriculum --check`: our curriculum with one thing broken for each, and the file and line that are named."""

import re
import shutil

import pytest
from django.conf import settings

from config.curriculum import read_curriculum
from content.reader import CurriculumError

LONG = " ".join(
    ["Comprehensive organisational accountability necessitates interdisciplinary documentation and"] * 6
)
# What is broken: file, the words there, what stands in their place, where the mistake is said to be (a piece of the changed
# text, or nothing for the first line), and what is said.
BROKEN = {
    "an unknown fact in a lesson": (
        "lessons/1.3.md",
        "## One order for every first contact",
        "## One order for every first contact\n\nSo it is. [@CRI-99]",
        "So it is. [@CRI-99]",
        "There is no fact CRI-99 in facts.yaml.",
    ),
    "an unknown fact in a question": (
        "questions/1.3.yaml",
        "facts: [IND-13, CRI-01]",
        "facts: [IND-13, CRI-98]",
        "CRI-98",
        "There is no fact CRI-98 in facts.yaml.",
    ),
    "an unknown fact in the glossary": (
        "glossary.yaml",
        "facts: [DEF-01, DEF-03]",
        "facts: [DEF-01, DEF-97]",
        "DEF-97",
        "There is no fact DEF-97 in facts.yaml.",
    ),
    "an unknown fact beside a contact": (
        "contacts.yaml",
        "facts: [REF-01]",
        "facts: [REF-91]",
        "REF-91",
        "There is no fact REF-91 in facts.yaml.",
    ),
    "an unknown fact in a note on a course": (
        "courses.yaml",
        "[@US-06]",
        "[@US-96]",
        "      text: >-",
        "There is no fact US-96 in facts.yaml.",
    ),
    "a missing source": (
        "facts.yaml",
        "  sources: [UNGIFT, LSI-PROTO]",
        "  sources: []",
        "- id: DEF-01",
        "A fact without a source can only be of confidence G.",
    ),
    "a source that is nowhere": (
        "facts.yaml",
        "  sources: [EUROSTAT]",
        "  sources: [NOWHERE]",
        "NOWHERE",
        "There is no source NOWHERE.",
    ),
    "a fact of a pack that is not there": (
        "facts.yaml",
        "jurisdiction: EU",
        "jurisdiction: FR",
        "jurisdiction: FR",
        "There is no pack FR in packs.yaml.",
    ),
    "a flag that nobody knows": (
        "facts.yaml",
        "flags: [C, D]",
        "flags: [C, X]",
        "flags: [C, X]",
        "'X' is none of L, S, C, D.",
    ),
    "a role without words": (
        "lessons/1.2.md",
        "::: role R8",
        "::: role R7",
        "::: role R1\n",
        "These role boxes say nothing to R8.",
    ),
    "a pack without words": (
        "lessons/1.1.md",
        "::: law UK",
        "::: law EU",
        "::: law INT",
        "These law boxes have no words for UK.",
    ),
    "a role without a good option": (
        "lessons/1.4.md",
        "    best: true\n    feedback",
        "    best: true\n    roles: [R1]\n    feedback",
        "  - id: bond",
        "No good option is there for R2 under INT, R2 under US, R2 under UK and 37 more.",
    ),
    "minutes that are not those of the plan": (
        "modules.yaml",
        'title: "Trauma-informed teams", minutes: 8',
        'title: "Trauma-informed teams", minutes: 9',
        '{id: "1.6"',
        "Lesson 1.6 takes 8 minutes in its file and 9 here.",
    ),
    "modules that do not add up to a path": (
        "paths.yaml",
        "practitioner_minutes: 364",
        "practitioner_minutes: 360",
        "practitioner_minutes: 360",
        "The modules of R1 add up to",
    ),
    "hours that are not the sum of minutes": (
        "courses.yaml",
        "credit_hours: 2.25",
        "credit_hours: 3",
        "credit_hours: 3",
        "add up to 135 minutes, which is 2.25 hours.",
    ),
    "more words than its minutes": (
        "lessons/0.2.md",
        "minutes: 5",
        "minutes: 2",
        "minutes: 2",
        "that does not fit into 2.",
    ),
    "another title than in the plan": (
        "modules.yaml",
        'title: "Who do you picture?"',
        'title: "Whom do you picture?"',
        "Whom do you picture?",
        "Lesson 2.1 is called “Who do you picture?” in its file.",
    ),
    "a word that we do not use, in a lesson": (
        "lessons/4.5.md",
        '  - "I write my question down as well as the answer."',
        '  - "I rescue people."',
        "I rescue people.",
        "“rescue” is a word that we do not use",
    ),
    "a word that we do not use, on a page": (
        "pages.yaml",
        "A quick way off this site",
        "An illegal way off this site",
        "An illegal way",
        "“illegal” is a word that we do not use",
    ),
    "a word that we do not use, in a scenario": (
        "scenarios/corridor.yaml",
        "good_practice: 'Correctly",
        "good_practice: 'She was rescued. Correctly",
        "She was rescued.",
        "“rescued” is a word that we do not use",
    ),
    "a passage that is hard to read": (
        "lessons/2.5.md",
        "::: role R1\n",
        f"::: role R1\n{LONG} identification.\n",
        "Comprehensive organisational",
        "These words read at grade",
    ),
    "an option without a reason": (
        "questions/2.1.yaml",
        'rationale: "They were the second group. UK nationals made up 23%."',
        'rationale: ""',
        'rationale: ""',
        "Say why this option is right or is not.",
    ),
    "a right answer that can be guessed": (
        "questions/1.5.yaml",
        "could put a patient in more danger.",
        "could put a patient in more danger, today or later, from the exploiter or from the officers who come.",
        "  options:",
        "The right answer can be guessed by its length:",
    ),
    "a figure without a source": (
        "lessons/2.2.md",
        "::: misconceptions",
        "## In figures\n\nIt happens to 40% of them.\n\n::: misconceptions",
        "It happens to 40% of them.",
        "40% needs its source",
    ),
    "law outside its box": (
        "lessons/3.1.md",
        "::: misconceptions",
        "## More\n\nThe law says so. [@US-01]\n\n::: misconceptions",
        "The law says so.",
        "US-01 is law of US and belongs into ::: law US.",
    ),
    "a summary that tells nothing": (
        "lessons/4.4.md",
        None,
        "summary: |\n  In short.\n",
        "summary:",
        "The summary has 2 words.",
    ),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Everything that is said of the broken files, and what they hold."""
    folder = shutil.copytree(settings.CURRICULUM_DIR, tmp_path_factory.mktemp("broken") / "curriculum")
    for name, (file, there, instead, *_) in BROKEN.items():
        text = (folder / file).read_text()
        if there is None:
            changed = re.sub(r"^summary: \|\n(?:  .*\n|\n)+", instead, text, count=1, flags=re.MULTILINE)
        else:
            changed = text.replace(there, instead, 1)
        assert changed != text, name
        (folder / file).write_text(changed)
    with pytest.raises(CurriculumError) as caught:
        read_curriculum(folder)
    return folder, [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_file_and_line(said, name):
    folder, problems = said
    file, _there, _instead, marker, message = BROKEN[name]
    text = (folder / file).read_text()
    line = text.count("\n", 0, text.index(marker)) + 1

    assert [one for one in problems if one.startswith(f"{file}:{line}: ") and message in one], [
        one for one in problems if one.startswith(file)
    ]


def test_our_own_curriculum_keeps_every_rule():
    assert read_curriculum(settings.CURRICULUM_DIR).lessons
