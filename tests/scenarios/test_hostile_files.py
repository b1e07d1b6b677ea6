"""Files made to do harm: each ends in a draft or in a refusal in words, soon, and leaves nothing behind."""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import services
from scenarios.formats import links, reading, twine
from scenarios.formats.report import Refused
from scenarios.models import Scenario, ScenarioPage

from .test_formats import TWEE, h5p

MANY = 60_000
SLOW = {
    "links": "[[" * MANY,
    "links with setters": "[[a][" * MANY,
    "comments": "<!--" * MANY,
    "comments of both kinds": "<!--/*" * MANY,
    "images": "[img[" * MANY,
    "macros of SugarCube": "<<a " * MANY,
    "macros of SugarCube with a quote": '<<a "' * MANY,
    "macros of SugarCube with quotes": '<<a "x" "' * MANY,
    "macros of Harlowe": "(a:" * MANY,
    "macros of Harlowe with quotes": '(a:"(a:" ' * MANY,
    "tags": "<a" * MANY,
    "blank lines": "x" + "\n" * MANY + "y",
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_a_text_full_of_beginnings_takes_no_longer_than_another(text: str) -> None:
    begun = time.perf_counter()
    links.read(text)
    assert time.perf_counter() - begun < 3


def test_a_file_full_of_beginnings_of_stories_is_refused_soon() -> None:
    begun = time.perf_counter()
    with pytest.raises(Refused):
        reading.read(b"<tw-storydata " * MANY)
    with pytest.raises(Refused):
        reading.read(b"<a " * MANY + b" tiddler=")
    assert time.perf_counter() - begun < 3


def test_deeply_nested_html_of_h5p_is_read_soon() -> None:
    # Each tag differs, so that the file is not refused for its ratio.
    text = "".join(f"<div id={number}>" for number in range(20_000)) + "Hello"
    deep = {"type": {"library": "H5P.AdvancedText 1.1", "params": {"text": text}}}
    begun = time.perf_counter()
    draft = reading.read(h5p({"branchingScenario": {"content": [deep] * 20}}))
    assert time.perf_counter() - begun < 3
    assert draft.document["scenes"][0]["text"] == "Hello"


def node(library: str, params: Any, **more: Any) -> dict[str, Any]:
    return {"type": {"library": library, "params": params}, **more}


def own(**more: Any) -> bytes:
    head = {"format": "waylight-scenario/1", "uuid": str(uuid.UUID(int=1)), "slug": "x", "title": "T"}
    return json.dumps(head | more).encode()


SCENE = {"uuid": str(uuid.UUID(int=2)), "key": "a", "title": "A", "text": "x"}
ODD: dict[str, bytes] = {
    "metadata named as attributes": b':: A {"name":"x","pid":"1","tags":"z"}\nhi',
    "metadata that is markup": b':: A {"x><script>alert(1)</script>":"x","position":"\\"><script>alert(1)</script>"}\nhi',
    "NUL in Twee": b':: StoryData\n{"ifid":"\\u0000"}\n:: A\x00 [t\x00] {"p":"\\u0000"}\nhi\x00',
    "NUL in JSON": b'{"name":"a\\u0000","ifid":"\\u0000","passages":[{"name":"x\\u0000","tags":["\\u0000a"],"text":"\\u0000t"}]}',
    "half a surrogate pair": b'{"name":"\\ud800","passages":[{"name":"\\ud800","tags":["\\ud800"],"metadata":{"\\ud800":"\\ud800"},"text":"[[\\ud800->\\udfff]]"}]}',
    "no number": b'{"name":"a","zoom":NaN,"passages":[{"name":"x","metadata":{"size":NaN},"text":"t"}]}',
    "a number too large": b':: StoryData\n{"zoom":1e999}\n:: A {"size":-1e999}\nhi',
    "a number too long": b':: StoryData\n{"zoom":1' + b"0" * 4_000 + b"}\n:: A\nhi",
    "nested story data": b':: StoryData\n{"zoom":' + b"[" * 900 + b"]" * 900 + b"}\n:: A\nhi",
    "wrong kinds in JSON": b'{"name":[1],"start":["x"],"tag-colors":[1],"creator":{"a":1},"script":5,"passages":[{"name":5,"tags":5,"text":{"a":1}}]}',
    "wrong kinds in H5P": h5p(
        {"branchingScenario": {"title": 5, "startScreen": 7, "endScreens": [5, {"contentId": [1]}], "content": [
            node("H5P.BranchingQuestion", {"branchingQuestion": {"question": 5, "alternatives": 5}}), 7, None, node("x", [])]}}
    ),
    "end screens that are a number": h5p({"branchingScenario": {"endScreens": 5, "content": [node("H5P.Image", {})]}}),
    "half a surrogate pair in H5P": h5p(
        {"branchingScenario": {"title": "\ud800\0", "content": [node("H5P.\ud800\0", {"text": "\ud800\0"})]}}
    ),
    "SVG in H5P": h5p(
        {"branchingScenario": {"content": [node("H5P.AdvancedText 1.1", {"text": "<svg onload=alert(1)><script>alert(1)</script></svg><p>Hi</p>"})]}}
    ),
    "NUL in our own": own(title="T\0", imported={"format": "twine", "data": {"a": "\0\ud800"}}),
    "passages that are none": own(imported={"format": "twine", "data": [1], "passages": [5, {"x": 1}]}),
    "a scene of wrong kinds": own(
        imported={"format": "twine", "data": {"start": [1]}, "script": 5, "title": 5, "source": []},
        scenes=[SCENE | {"imported": {"format": "twine", "name": 5, "tags": 5, "metadata": 5, "text": 5, "index": "q"}}],
    ),
    "entities of XML": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><tw-storydata name="&b;"><tw-passagedata name="A">&b;</tw-passagedata></tw-storydata>',
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_odd_files_become_drafts_that_can_be_stored_and_exported(data: bytes) -> None:
    scenario = services.import_story(services.plan_import(data))
    for target in reading.TARGETS:
        written = services.export_story(scenario, to=target)
        assert written.text.encode()
        if target in ("twine-html", "twine-archive"):
            assert "<script>alert" not in written.text
        if target != "json" and scenario.scenes.exists():
            assert reading.read(written.text.encode(), written.filename)
    assert "alert" not in "".join(scene.text for scene in scenario.scenes.all())


def test_a_passage_may_speak_of_other_formats() -> None:
    said = "<tw-storydata> and tiddler= are signs of other formats."
    assert reading.read(f":: Start\n{said}".encode()).format == "twee"
    assert reading.read(b"{a note before the first passage}\n:: Start\nHi", "story.twee").format == "twee"


def test_a_name_with_a_line_end_begins_no_other_passage() -> None:
    data = {"name": "S", "passages": [{"name": "A\n:: Evil", "tags": ["a b"], "text": "x\r:: Worse\ry"}]}
    draft = reading.read(json.dumps(data).encode())
    back = twine.read_twee(reading.write(draft.document, to="twee").text)[0]
    assert [one.name for one in back.passages if one.name != "StoryTitle"] == ["A :: Evil"]
    assert back.passages[-1].tags == ("a-b",)
    assert back.passages[-1].text == "x\n:: Worse\ny"


def test_metadata_comes_back_as_it_was() -> None:
    text = ':: A {"position":"1,2","size":[3,4.5],"mine":{"deep":[true,null]}}\nhi\n'
    back = reading.write(reading.read(text.encode()).document, to="twee").text
    assert '{"position":"1,2","size":[3,4.5],"mine":{"deep":[true,null]}}' in back


@pytest.mark.parametrize(
    "text",
    ["[[a]b->c]]", "[[a->b][$x to 1]] [[c]]", "[[ [[c]]", '<<link "x > y" "c">><</link>>', '<<if $a < 1>>[[c]]<</if>>',
     '(if: $a is "(x)")[ [[c]] ]', "<!-- a <!-- b --> [[c]]", "<!-- never closed [[c]]", "a /* b [[c]]"],
)  # fmt: skip
def test_links_are_found_among_signs_that_look_like_others(text: str) -> None:
    assert "c" in [one.target for one in links.read(text).links]


def broken(data: bytes) -> Iterator[bytes]:
    yield data
    for place in range(0, len(data), max(1, len(data) // 12)):
        yield data[:place]
        yield data[:place] + b"\xff\x00" + data[place + 3 :]


@pytest.mark.django_db
def test_a_file_cut_or_damaged_anywhere_leaves_a_whole_draft_or_none() -> None:
    for data in [*broken(TWEE.encode()), *broken(h5p())]:
        before = Scenario.objects.count()
        try:
            plan = services.plan_import(data)
        except Refused:
            assert Scenario.objects.count() == before
            continue
        scenario = services.import_story(plan)
        assert scenario.scenes.count() == plan.scenes
        assert Scenario.objects.count() == before + 1


@pytest.mark.django_db
def test_an_import_that_fails_half_way_leaves_nothing() -> None:
    plan = services.plan_import(TWEE.encode())
    with (
        patch("scenarios.services.transfer.page_for", side_effect=RuntimeError("power cut")),
        pytest.raises(RuntimeError),
    ):
        services.import_story(plan)
    assert not Scenario.objects.exists()
    assert not ScenarioPage.objects.exists()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["END", "twine", "A"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "tags", "text", "metadata", "passages", "imported", "format", "index", "type", "params",
                         "library", "nextContentId", "feedback", "data", "script", "title", "uuid", "key", "choices", "to"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(_JSON, max_size=3),
    st.dictionaries(st.sampled_from(["name", "start", "zoom", "ifid", "script"]), _JSON),
)
def test_any_values_end_in_a_draft_that_can_be_written_or_in_a_refusal(
    rows: list[Any], head: dict[str, Any]
) -> None:
    for data in (
        json.dumps(head | {"passages": [{"name": "A", "text": "t"}, *({"name": "B", "metadata": one, "tags": one, "text": one} for one in rows)]}).encode(),
        h5p({"branchingScenario": {"content": [*rows, node("H5P.BranchingQuestion", {"branchingQuestion": {"alternatives": rows}}), node("H5P.AdvancedText", {"text": "x"}, feedback=head)], "endScreens": rows}}),
        own(imported={"format": "twine", "passages": rows, **head}, scenes=[SCENE | {"imported": {"format": "twine", "tags": rows, **head}}]),
        own(scenes=rows),
    ):  # fmt: skip
        try:
            draft = reading.read(data)
        except Refused as refusal:
            assert all(str(row).encode() for row in refusal.rows)  # noqa: PT017
            continue
        assert all(str(row).encode() for row in draft.rows)
        for target in reading.TARGETS:
            assert reading.write(draft.document, to=target).text.encode()
