"""The tags that every template has without loading anything."""

import re

import pytest
from django.template import Context, Template, TemplateSyntaxError

from ui.icons import ICONS


def shown(source: str, **variables: object) -> str:
    return Template(source).render(Context(variables))


@pytest.mark.parametrize("name", sorted(ICONS))
def test_an_icon_is_hidden_from_screen_readers_because_words_stand_beside_it(name):
    drawing = shown("{% icon name %}", name=name)
    assert drawing.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawing
    assert "style=" not in drawing


def test_an_icon_that_points_onwards_can_turn_round_in_right_to_left_text():
    assert 'class="icon icon--flip"' in shown('{% icon "arrow-right" flip=True %}')


def test_an_icon_that_nobody_drew_is_an_error_and_not_a_gap():
    with pytest.raises(KeyError):
        shown('{% icon "no-such-icon" %}')


@pytest.mark.parametrize("kind", ["role", "law", "note"])
def test_a_box_has_a_tab_with_its_title_and_is_named_by_it(kind):
    box = shown('{% box kind=kind title="For nurses" icon="person" %}<p>Words</p>{% endbox %}', kind=kind)
    assert f'class="box box--{kind}"' in box
    assert 'aria-label="For nurses"' in box
    assert "<p>Words</p>" in box


def test_a_title_from_an_editor_cannot_bring_markup_into_a_box():
    box = shown('{% box kind="note" title=title %}Words{% endbox %}', title='"><script>')
    assert "<script>" not in box
    assert "&lt;script&gt;" in box


def test_what_stands_in_a_box_is_escaped_like_anywhere_else():
    assert "<b>" not in shown('{% box kind="note" title="A" %}{{ words }}{% endbox %}', words="<b>")


def test_a_box_without_a_title_is_a_mistake_of_the_template():
    with pytest.raises(TemplateSyntaxError):
        shown('{% box kind="note" %}Words{% endbox %}')


@pytest.mark.parametrize(
    ("done", "total", "percent"),
    [(0, 362, 0), (96, 362, 27), (362, 362, 100), (400, 362, 100), (-3, 362, 0), (0, 0, 0)],
)
def test_a_ring_says_its_numbers_in_words_and_never_more_than_all(done, total, percent):
    ring = shown('{% progress_ring done=done total=total unit="min" %}', done=done, total=total)
    assert f"{percent}%" in ring
    assert f"{done} of {total} min" in ring
    filled, length = re.search(r'stroke-dasharray="([\d.]+) ([\d.]+)"', ring).groups()
    assert 0 <= float(filled) <= float(length)
    assert "style=" not in ring


@pytest.mark.parametrize(
    ("kind", "has_icon"), [("good", True), ("soon", True), ("late", True), ("plain", False)]
)
def test_a_status_never_speaks_by_colour_alone(kind, has_icon):
    status = shown(
        '{% include "ui/components/status.html" with kind=kind text="Lapses in 27 days" only %}', kind=kind
    )
    assert "Lapses in 27 days" in status
    assert ("<svg" in status) is has_icon
