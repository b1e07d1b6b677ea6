"""Stories in and out: nothing of a good file is lost, nothing of a bad one is kept."""

import io
import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Site

from scenarios import services
from scenarios.documents import DocumentStory
from scenarios.formats import links, reading, twine
from scenarios.formats.from_twine import document_of
from scenarios.formats.report import Refused
from scenarios.formats.to_twine import story_of
from scenarios.models import Attempt, Scenario
from scenarios.reading import read_document

from .conftest import SLUGS, document

TWEE = r"""
Words before the first passage.
:: StoryTitle
A quiet \{hour\}

:: StoryData
{"ifid": "6A3A6B0C-5C1D-4D3E-9A57-0D4A5B0D1F11", "format": "Harlowe", "start": "Door", "tag-colors": {"calm": "blue"}, "zoom": 0.6}

:: Door [calm start] {"position":"600,400","size":"100,100"}


Somebody waits. ''Nothing'' is said.

[[Sit down->Tea [hot] now]]
[[Stand|Wall]]
[[Gone<-Leave]]
[[Wall][$calm to 1]]

:: Tea \[hot\] now [calm]
(set: $trust to 1)(if: $trust > 0)[She drinks.]
\:: not a header
[[Go on->$next]]
(link-goto: "Back to the door", "Door")

:: Wall
<<set $x to 1>><<if $x>>Cold.<</if>> <script>alert(1)</script><b>Bold</b>
<<link "Return" "Door">><</link>> <<goto $somewhere>> [img[pic.png][Gone]]
[[Elsewhere->https://example.com/x]] [[No such->Nowhere]]

:: Gone [end]
The street is empty.


:: Gone
A second one of the same name.
:: \ spaced \ 
Kept.
:: Broken {"position": }
X
:: Style [stylesheet]
body { color: red }
:: Code [script]
window.x = "</script>";
"""


def passages(text: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(one.name, one.tags, one.text) for one in twine.read_twee(text)[0].passages]


def test_twee_goes_through_our_draft_and_comes_back_word_for_word() -> None:
    draft = reading.read(TWEE.encode())
    back = reading.write(draft.document, to="twee")
    assert passages(back.text) == passages(TWEE)
    assert twine.read_twee(back.text)[0].data == twine.read_twee(TWEE)[0].data
    assert not back.rows
    metadata = twine.read_twee(back.text)[0].passages[2].metadata
    assert metadata == {"position": "600,400", "size": "100,100"}


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    data = "﻿".encode() + TWEE.replace("\n", "\r\n").encode()
    assert passages(reading.write(reading.read(data).document, to="twee").text) == passages(TWEE)
    assert reading.read(TWEE.encode("utf-16")).document["title"]


def test_what_a_passage_says_becomes_a_scene_with_choices() -> None:
    found = reading.read(TWEE.encode()).document
    scenes = {one["title"]: one for one in reversed(found["scenes"])}
    door = scenes["Door"]
    assert found["first"] == "door"
    assert door["text"] == "Somebody waits. Nothing is said."
    assert [(one["text"], one.get("to")) for one in door["choices"]] == [
        ("Sit down", "tea-hot-now"), ("Stand", "wall"), ("Leave", "gone"), ("Wall", "wall"),
    ]  # fmt: skip
    assert scenes["Tea [hot] now"]["imported"]["dynamic"] is True
    assert [one.get("to") for one in scenes["Wall"]["choices"]] == [None, "gone", "door"] or {
        one.get("to") for one in scenes["Wall"]["choices"]
    } == {None, "gone", "door"}
    assert "script" not in scenes["Wall"]["text"]
    assert "alert" not in scenes["Wall"].get("text", "") or "<" not in scenes["Wall"]["text"]
    gone = scenes["Gone"]
    assert gone["choices"][0]["to"] == "END"
    assert found["endings"][0]["when"] == {"visited": "gone"}
    assert found["endings"][-1]["when"] == {"always": True}


def test_the_report_names_passage_and_line() -> None:
    rows = reading.read(TWEE.encode()).rows
    codes = {(row.code, row.passage) for row in rows}
    for wanted in (
        ("before-header", ""), ("dynamic", "Tea [hot] now"), ("dynamic", "Wall"), ("macro", "Wall"), ("html", "Wall"),
        ("external", "Wall"), ("broken-link", "Wall"), ("duplicate", "Gone"), ("bad-metadata", "Broken"), ("script", ""),
        ("escaped-colons", "Tea [hot] now"), ("ending", "Gone"),
    ):  # fmt: skip
        assert wanted in codes, wanted
    broken = next(row for row in rows if row.code == "broken-link")
    assert TWEE.split("\n")[broken.line - 1].startswith(":: Wall")
    assert "Nowhere" in broken.message
    assert "Wall" in broken.place


def test_all_formats_of_twine_say_the_same() -> None:
    first = reading.read(TWEE.encode()).document
    ordinary = [one for one in passages(TWEE) if not twine.Passage(one[0], one[1]).is_special]
    for target in ("twine-html", "twine-archive", "twine-json"):
        written = reading.write(first, to=target)
        again = reading.read(written.text.encode(), written.filename)
        assert again.format in ("twine-html", "twine-json")
        twee = reading.write(again.document, to="twee").text
        kept = [one for one in passages(twee) if not twine.Passage(one[0], one[1]).is_special]
        if target == "twine-json":
            assert kept == ordinary
        else:
            assert kept == ordinary
        assert again.document["first"] == first["first"]
        assert (
            'window.x = "</script>"' in again.document["imported"]["script"]
            or "<\\/script>" in again.document["imported"]["script"]
        )


def test_a_changed_scene_is_written_anew_and_the_rest_word_for_word() -> None:
    found = reading.read(TWEE.encode()).document
    found["scenes"][0]["text"] = "Somebody has gone."
    back = reading.write(found, to="twee")
    names = [one[0] for one in passages(back.text)]
    assert names == [one[0] for one in passages(TWEE)]
    assert "Somebody has gone." in back.text
    assert "(set: $trust to 1)" in back.text
    assert [row.code for row in back.rows] == ["changed"]


@pytest.mark.parametrize("slug", SLUGS)
def test_our_own_stories_go_out_and_come_back_the_same(slug: str) -> None:
    data = document(slug).data
    assert reading.read(reading.write(data, to="json").text.encode()).document == data
    story, rows = story_of(data)
    assert any(row.code == "conditions-lost" for row in rows)
    words = twine.write_twee(story)
    assert "Σ" not in words
    for scene in data["scenes"]:
        for choice in scene["choices"]:
            assert choice["why"] not in words
    again = reading.read(words.encode()).document
    assert len(again["scenes"]) == len(data["scenes"]) + 1
    assert not any(row.code in ("broken-link", "dynamic") for row in reading.read(words.encode()).rows)
    DocumentStory(again)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[a]]", [("a", "a")]),
        ("[[x->y->z]]", [("x->y", "z")]),
        ("[[z<-y<-x]]", [("y<-x", "z")]),
        ("[[a|b|c]]", [("a|b", "c")]),
        ("[[a->b][$x to 1]]", [("a", "b")]),
        ("[img[p.png][b]]", [("b", "b")]),
        ("[[a->$b]]", [("a", "")]),
        ("[[a->https://x.example]]", []),
        ('<<link "a" "b">><</link>>', [("a", "b")]),
        ("<<link [[a|b]]>><</link>>", [("a", "b")]),
        ('<<goto "b">>', [("b", "b")]),
        ("<<goto $b>>", [("", "")]),
        ('(link-goto: "a", "b")', [("a", "b")]),
        ('(go-to: "b")', [("b", "b")]),
        ("(go-to: $b + 1)", [("", "")]),
        ("<!-- [[a]] -->", []),
        ("no link", []),
    ],
)
def test_where_a_passage_leads(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.label, one.target) for one in links.read(text).links] == found


H5P = {
    "branchingScenario": {
        "title": "Ward",
        "startScreen": {"startScreenTitle": "<p>Night</p>", "startScreenSubtitle": "<p>Quiet</p>"},
        "endScreens": [{"endScreenTitle": "Well done", "endScreenSubtitle": "It is over.", "contentId": -1}],
        "content": [
            {
                "type": {
                    "library": "H5P.AdvancedText 1.1",
                    "params": {"text": "<p>One &amp; <script>alert(1)</script>two</p>"},
                },
                "nextContentId": 1,
            },
            {
                "type": {
                    "library": "H5P.BranchingQuestion 1.0",
                    "metadata": {"title": "The door"},
                    "params": {
                        "branchingQuestion": {
                            "question": "<p>What now?</p>",
                            "alternatives": [
                                {"text": "Wait", "nextContentId": 0, "feedback": {"title": "Slow"}},
                                {
                                    "text": "Go",
                                    "nextContentId": -1,
                                    "feedback": {"title": "Gone", "endScreenScore": 5},
                                },
                                {"text": "Lost", "nextContentId": 99},
                            ],
                        }
                    },
                }
            },
            {"type": {"library": "H5P.Video 1.6", "params": {}}},
        ],
    }
}


def h5p(content: Any = H5P, *, more: dict[str, bytes] | None = None, meta: Any = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "h5p.json", json.dumps(meta or {"mainLibrary": "H5P.BranchingScenario", "title": "Ward"})
        )
        archive.writestr("content/content.json", json.dumps(content))
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return file.getvalue()


def test_a_branching_scenario_of_h5p_becomes_a_draft() -> None:
    draft = reading.read(h5p(), "ward.h5p")
    data = draft.document
    first, door, film, *ends = data["scenes"]
    assert data["setting"] == "Night\n\nQuiet"
    assert first["text"] == "One & two"
    assert [one.get("to") for one in door["choices"]] == ["s0", "end-1-1", None]
    assert door["choices"][0]["then"] == "Slow"
    assert {one["title"] for one in ends} == {"Well done"}
    assert {row.code for row in draft.rows} >= {"score", "broken-link", "image", "to-finish"}
    assert film["choices"][0]["to"] == "end1"


BAD_ARCHIVES = [
    (h5p(more={"../../evil": b"x"}), "points outside"),
    (h5p(more={"/etc/evil": b"x"}), "points outside"),
    (h5p(more={f"content/{number}": b"" for number in range(5_001)}), "At most 5000"),
    (h5p(" " * 21_000_000), "would have more than"),
    (h5p(meta={"mainLibrary": "H5P.Quiz"}, content={}), "Only Branching Scenario"),
    (h5p([]), "no passages"),
    (h5p({"branchingScenario": {"content": []}}), "no passages"),
    (b"PK\x03\x04 broken", "cannot be opened"),
    (h5p()[:-40], "cannot be opened"),
]


@pytest.mark.parametrize(("data", "words"), BAD_ARCHIVES)
def test_a_hostile_or_broken_archive_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        reading.read(data, "x.h5p")


def test_a_link_out_of_the_archive_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("content/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Refused, match="points outside"):
        reading.read(file.getvalue())


REFUSED = [
    (b"", "", "none of the formats"),
    (b"\x80\x03}q\x00.", "", "can run code"),
    (b"(dp0", "story.tws", "can run code"),
    (b'<div tiddler="Start">x</div>', "", "Twine 1"),
    (b"\xff\xfe\x00\xd8", "", "not UTF-8"),
    (b"\xc3\x28", "", "not UTF-8"),
    (b"{", "", "not valid JSON"),
    (b"{}", "", "none of the formats"),
    (b'{"passages": 5}', "", "No story"),
    (b'{"passages": [5]}', "", "should be an object"),
    (b'{"passages": []}', "", "no passages"),
    (b":: StoryTitle\nOnly a title", "", "no passages"),
    (b"[" * 100_000, "", "none of the formats"),
    (b'{"a":' * 100_000, "", "not valid JSON"),
    (b'{"format": "waylight-scenario/1"}', "", "missing"),
    (b"<tw-storydata></tw-storydata>", "", "no passages"),
]


@pytest.mark.parametrize(("data", "name", "words"), REFUSED)
def test_what_is_no_story_is_refused_in_words(data: bytes, name: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        reading.read(data, name)


def test_one_of_several_stories_is_chosen_by_name() -> None:
    both = "".join(
        twine.write_archive(twine.TwineStory(title, (twine.Passage("Start", text="Hi"),)))
        for title in ("One", "Two")
    )
    with pytest.raises(Refused, match="2 stories"):
        reading.read(both.encode())
    assert reading.read(both.encode(), name="Two").document["title"] == "Two"
    with pytest.raises(Refused, match="no story called"):
        reading.read(both.encode(), name="Three")


BROKEN_HTML = """
<tw-storydata name="Broken" startnode="99" ifid="" zoom="">
<tw-passagedata name="" pid="">no name &lt;b&gt;</tw-passagedata>
<tw-passagedata name="Same">[[Same]]</tw-passagedata><tw-passagedata name="Same">x</tw-passagedata>
<tw-passagedata>
</tw-storydata>
"""


def test_a_broken_file_of_twine_is_read_as_far_as_it_goes() -> None:
    draft = reading.read(BROKEN_HTML.encode())
    assert {row.code for row in draft.rows} >= {"start-nowhere", "empty-name", "duplicate"}
    assert len(draft.document["scenes"]) == 4


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )
)
def test_no_bytes_end_in_anything_but_a_draft_or_a_refusal(data: bytes) -> None:
    for start in (b"", b":: ", b"PK\x03\x04", b"{", b"<tw-storydata>", b"format: waylight-scenario/1\n"):
        try:
            read_document(reading.read(start + data).document, file="", is_draft=True)
        except Refused as refusal:
            assert all(row.message for row in refusal.rows)  # noqa: PT017


_WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(_WORDS, st.lists(_WORDS, max_size=3), st.lists(_WORDS, max_size=5)), min_size=1, max_size=6
    )
)
def test_any_passages_survive_the_way_through_our_draft(rows: list[tuple[str, list[str], list[str]]]) -> None:
    given_passages = tuple(
        twine.Passage(
            name.strip() or "P", tuple(tag.replace(" ", "") or "t" for tag in tags), {}, "\n".join(lines)
        )
        for name, tags, lines in rows
    )
    text = twine.write_twee(twine.TwineStory("T", given_passages))
    kept = passages(text)
    try:
        back = reading.write(reading.read(text.encode()).document, to="twee").text
    except Refused as refusal:
        assert all(row.code == "no-passages" for row in refusal.rows)  # noqa: PT017
        return
    assert [one for one in passages(back) if one[0] != "StoryData"] == [
        one for one in kept if one[0] != "StoryData"
    ]


def test_a_large_story_is_read_in_its_time() -> None:
    text = "\n\n".join(f":: P{n}\nWords.\n[[Next->P{n + 1}]]\n[[Back->P{n // 2}]]" for n in range(2_000))
    draft = reading.read(text.encode())
    assert len(draft.document["scenes"]) == 2_000


# With the database.


@pytest.mark.django_db
def test_an_import_makes_a_draft_with_a_page_and_publishes_nothing() -> None:
    plan = services.plan_import(TWEE.encode(), "story.twee")
    assert not Scenario.objects.exists()
    scenario = services.import_story(plan)
    assert scenario.version is None
    assert scenario.page.live is False
    assert services.draft_document(scenario)["scenes"] == plan.document.data["scenes"]
    written = services.export_story(scenario, to="twee")
    assert passages(written.text) == passages(TWEE)


@pytest.mark.django_db
def test_importing_again_makes_another_and_replace_takes_the_place(attempt: Attempt) -> None:
    one = services.import_story(services.plan_import(TWEE.encode()))
    two = services.import_story(services.plan_import(TWEE.encode()))
    assert (one.slug, two.slug) == ("a-quiet-hour", "a-quiet-hour-2")
    with pytest.raises(Refused, match="has the slug"):
        services.plan_import(TWEE.encode(), slug="a-quiet-hour")
    with pytest.raises(Refused, match="no story with the slug"):
        services.plan_import(TWEE.encode(), replace="nobody")
    changed = TWEE.replace("Somebody waits", "Nobody waits")
    services.import_story(services.plan_import(changed.encode(), replace="a-quiet-hour"))
    assert Scenario.objects.count() == 3
    assert "Nobody waits" in Scenario.objects.get(slug="a-quiet-hour").scenes.first().text
    before = attempt.version_id
    mine = services.export_story(attempt.scenario, to="json").text
    services.import_story(services.plan_import(mine.encode(), replace="seen-alone"))
    attempt.refresh_from_db()
    assert attempt.version_id == before
    copy = services.import_story(services.plan_import(mine.encode()))
    assert copy.slug == "seen-alone-2"
    assert copy.uuid != attempt.scenario.uuid


@pytest.mark.django_db
def test_the_command_says_what_would_happen_and_exits_with_an_error_only_where_it_cannot(
    tmp_path: Path, capsys: Any
) -> None:
    Site.objects.get()
    file = tmp_path / "story.twee"
    file.write_text(TWEE, encoding="utf-8")
    call_command("scenario", "import", str(file), "--dry-run")
    assert "Nothing was changed" in capsys.readouterr().out
    assert not Scenario.objects.exists()
    call_command("scenario", "import", str(file))
    assert "is the draft a-quiet-hour" in capsys.readouterr().out
    bad = tmp_path / "bad.tws"
    bad.write_bytes(b"(dp0")
    with pytest.raises(CommandError, match="can run code"):
        call_command("scenario", "import", str(bad))
    with pytest.raises(CommandError, match="No such file"):
        call_command("scenario", "import", str(tmp_path / "none"))
    out = tmp_path / "out.twee"
    call_command("scenario", "export", "a-quiet-hour", "--to", "twee", "--output", str(out))
    assert passages(out.read_text(encoding="utf-8")) == passages(TWEE)
    with pytest.raises(CommandError, match="no scenario"):
        call_command("scenario", "export", "nobody")


def test_the_same_file_makes_the_same_draft() -> None:
    story = twine.read_twee(TWEE)[0]
    same = uuid.uuid4()
    assert document_of(story, story_uuid=same)[0] == document_of(story, story_uuid=same)[0]
