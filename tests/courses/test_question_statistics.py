"""What trainers are told about their questions, and what it costs."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.services import put_in_group
from config.groups import TRAINERS, ensure_groups
from courses import services
from courses.models import CheckAttempt, ItemStatistic, Question
from courses.services.curriculum import publish_question
from courses.services.item_statistics import recount_item_statistics, refresh_item_statistics, sums_of
from tests.factories.accounts import UserFactory
from tests.factories.courses import AT, RULES, make_course, make_question, make_registration

pytestmark = pytest.mark.django_db
URL = "question_statistics"
# Two questions, and so always the same two.
TWO = RULES | {
    "check": {
        "items": 2,
        "pass_percent": 60,
        "blueprint": [{"lesson": "1.3", "items": 1}, {"lesson": "2.3", "items": 1}],
    }
}


@pytest.fixture
def bank(northgate):
    make_course(rules=TWO)
    make_question("Q-1.3-1", "1.3")
    make_question("Q-2.3-1", "2.3")


@pytest.fixture
def trainer(bank):
    tova = UserFactory(name="Tova Trainer")
    ensure_groups()
    put_in_group(tova, group=TRAINERS)
    return tova


def answer(northgate, **by_code):
    """Somebody new takes the check: answer(northgate, one="a", two="b")."""
    registration = make_registration(UserFactory(), northgate)
    return take(registration, **by_code)


def take(registration, *, one="a", two="a", at=AT):
    attempt = services.start_check(registration, at=at)
    for item in attempt.items.select_related("question_version__question"):
        chosen = one if item.question_version.question.code == "Q-1.3-1" else two
        services.answer_item(attempt, position=item.position, answer=[chosen], at=at)
    return registration


def statistic(code):
    return sums_of(ItemStatistic.objects.get(question_version__question__code=code))


def crowd(northgate):
    """Forty people: who chooses b in the first has the second right, and who is right in the first has it wrong."""
    for chosen, rest, count in (("a", "b", 15), ("b", "a", 22), ("c", "b", 3)):
        for _number in range(count):
            answer(northgate, one=chosen, two=rest)
    refresh_item_statistics()


def test_answers_are_counted_once_and_new_ones_added(bank, northgate):
    answer(northgate)
    answer(northgate, one="b")
    assert refresh_item_statistics() == 2
    assert refresh_item_statistics() == 0
    answer(northgate, one="b", two="c")
    assert refresh_item_statistics() == 1
    first = statistic("Q-1.3-1")
    assert (first.answered, first.credit) == (3, 1)
    # The rest of each is the other question: 1, 1 and 0.
    assert first.options == {"a": [1, 1.0], "b": [2, 1.0]}
    before = {row.question_version_id: sums_of(row) for row in ItemStatistic.objects.all()}
    assert recount_item_statistics() == 3
    assert {row.question_version_id: sums_of(row) for row in ItemStatistic.objects.all()} == before


def test_only_first_attempts_that_were_finished_are_counted(bank, northgate):
    again = answer(northgate, one="b", two="b")
    assert take(again, at=AT + timedelta(hours=1)).check_attempts.count() == 2
    services.start_check(make_registration(UserFactory(), northgate), at=AT)
    assert refresh_item_statistics() == 1
    assert statistic("Q-1.3-1").credit == 0
    assert CheckAttempt.objects.filter(is_counted=True).get().number == 1


def test_each_version_of_a_question_is_counted_apart(bank, northgate):
    answer(northgate)
    question = Question.objects.get(code="Q-1.3-1")
    question.stem = "Otherwise asked"
    question.save()
    publish_question(question, at=AT)
    answer(northgate)
    refresh_item_statistics()
    rows = ItemStatistic.objects.filter(question_version__question=question)
    assert sorted(rows.values_list("question_version__number", "answered")) == [(1, 1), (2, 1)]


def test_counting_asks_as_much_for_two_people_as_for_ten(bank, northgate, count_queries):
    answer(northgate)
    refresh_item_statistics()
    for people in (2, 10):
        for _number in range(people):
            answer(northgate)
        queries = count_queries(refresh_item_statistics)
        assert queries <= 14, people


def test_the_command_says_how_many_it_counted(bank, northgate, capsys):
    answer(northgate)
    call_command("refresh_question_statistics")
    call_command("refresh_question_statistics", "--all")
    assert capsys.readouterr().out == "1 attempts counted.\n1 attempts counted.\n"


def test_a_trainer_reads_how_a_question_does_and_goes_to_mend_it(trainer, northgate, signed_in):
    crowd(northgate)
    page = signed_in(trainer).get(reverse(URL))
    html = page.content.decode()
    assert "The strong choose B: read it again." in html
    assert "gets this wrong more often than others" in html
    assert "38%" in html
    question = Question.objects.get(code="Q-1.3-1")
    assert reverse("wagtailsnippets_courses_question:edit", args=[question.pk]) in html
    # 15, 22 and 3: the three is not shown, and neither is what it could be worked out from.
    first = next(row for row in page.context["rows"] if row.code == "Q-1.3-1")
    assert [option.count for option in first.options] == [15, None, None]
    assert "15 (38%)" in html
    assert html.count("too few to show") == 2


def test_of_fewer_than_ten_people_no_number_is_shown(trainer, northgate, signed_in):
    for _number in range(9):
        answer(northgate, one="b")
    refresh_item_statistics()
    html = signed_in(trainer).get(reverse(URL)).content.decode()
    assert html.count("fewer than ten") >= 2
    assert "%</td>" not in html
    assert "<details>" not in html


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        # Most to look at first.
        ("", ["Q-2.3-1", "Q-1.3-1"]),
        ("?sort=difficulty", ["Q-1.3-1", "Q-2.3-1"]),
        ("?sort=code", ["Q-1.3-1", "Q-2.3-1"]),
        ("?lesson=2.3", ["Q-2.3-1"]),
        ("?setting=ESSENTIAL/check&only=look", ["Q-2.3-1", "Q-1.3-1"]),
        ("?setting=ESSENTIAL/pre", []),
        ("?sort=nonsense&p=99", ["Q-2.3-1", "Q-1.3-1"]),
    ],
)
def test_the_list_can_be_sorted_and_narrowed(trainer, northgate, signed_in, query, codes):
    crowd(northgate)
    shown = signed_in(trainer).get(reverse(URL) + query).context["rows"]
    assert [row.code for row in shown] == codes


def test_who_may_not_read_questions_may_not_read_this(bank, amina, ben, signed_in):
    for person in (amina, ben):
        assert signed_in(person).get(reverse(URL)).status_code in (302, 403)


def test_the_list_asks_as_much_for_one_question_as_for_many(trainer, northgate, signed_in, count_queries):
    page = signed_in(trainer)
    answer(northgate)
    refresh_item_statistics()
    page.get(reverse(URL))
    before = count_queries(lambda: page.get(reverse(URL)))
    for number in range(5):
        make_question(f"Q-2.3-X{number}", "2.3")
    for _number in range(10):
        answer(northgate)
    refresh_item_statistics()
    assert ItemStatistic.objects.count() > 4
    assert count_queries(lambda: page.get(reverse(URL))) == before
