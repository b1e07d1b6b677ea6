"""Pages of scenarios: what they show, what they refuse, and what they never give away."""

import re
import uuid
from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from agencies.models import Agency
from content.models import Fact, JurisdictionPack, Source
from records.models import Rel, Statement
from scenarios import engine, lesson_links, services
from scenarios.models import Attempt
from scenarios.selectors import VersionStory, state_of

from .conftest import NOW, SLUGS, document
from .test_services import play_best, play_best_but

Chosen = Callable[[str], str]


@pytest.fixture
def site(amina: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(amina)


def play_url(attempt: Attempt) -> str:
    return reverse("scenarios:play", args=[attempt.uuid])


def act_url(attempt: Attempt, action: str) -> str:
    return reverse("scenarios:act", args=[attempt.uuid, action])


def page(site: Client, url: str, status: int = 200) -> str:
    response = site.get(url)
    assert response.status_code == status
    return response.content.decode()


def test_a_story_is_played_from_the_library_to_the_look_back(site: Client, seen_alone: object) -> None:
    assert "Seen alone" in page(site, reverse("scenarios:library"))
    response = site.post(reverse("scenarios:start", args=["seen-alone"]), follow=True)
    html = response.content.decode()
    assert "Domestic work, control without visible violence" in html
    assert "Ms Doran says" not in html
    attempt = Attempt.objects.get()
    site.post(act_url(attempt, "begin"))
    story = VersionStory(attempt.version)
    for number in range(1, 40):
        state = state_of(attempt)
        assert state is not None
        if state.scene is None:
            break
        html = page(site, play_url(attempt))
        assert f"Scene {number}, " in html
        choice = min(engine.best_choices(story.scene(state.scene)))
        answer = site.post(play_url(attempt), {"choice": choice, "step": state.step})
        assert answer.status_code == 302
    html = page(site, reverse("scenarios:debrief", args=[attempt.uuid]))
    assert "Care and an open door" in html
    assert "Cultural responsiveness" in html
    assert "We would do this too" in html
    assert site.get(play_url(attempt)).status_code == 302


def test_a_scene_shows_its_situation_and_its_options_in_one_order(site: Client, attempt: Attempt) -> None:
    html = page(site, play_url(attempt))
    assert "Ms Doran says, “She’s shy. I’ll tell you what happened.”" in html
    assert "21:15 in the story. No real clock." in html
    assert html.count('type="radio"') == 3
    assert re.findall(r'value="([0-9a-f-]{36})"', html) == re.findall(
        r'value="([0-9a-f-]{36})"', page(site, play_url(attempt))
    )


def test_before_the_look_back_nothing_gives_away_what_is_best_or_what_comes(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-c"), step=0, at=NOW)
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page(site, play_url(attempt)))
    given = document("seen-alone").data
    for scene in given["scenes"]:
        if scene["key"] not in ("S2-n01", "S2-n02"):
            assert scene["uuid"] not in html
            assert all(choice["uuid"] not in html for choice in scene["choices"])
        for choice in scene["choices"]:
            assert choice["why"].replace("'", "’") not in html
    for word in ("scores", "critical", "trust", "safety", "SAF", "E4", "S2-n02x"):
        assert word not in html


def test_coach_mode_gives_the_reason_and_never_a_score(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    site.post(act_url(attempt, "coach"), {"coach": "on"})
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-c"), step=0, at=NOW)
    html = page(site, play_url(attempt))
    assert "You get a story, not the patient’s." in html
    assert "There is a better step" not in html
    assert "−1" not in html
    site.post(act_url(attempt, "coach"))
    assert "You get a story" not in page(site, play_url(attempt))


def test_after_closing_the_browser_one_is_exactly_where_one_was(
    site: Client, attempt: Attempt, amina: User, chosen: Chosen, signed_in: Callable[[User], Client]
) -> None:
    site.post(play_url(attempt), {"choice": chosen("S2-n01-a"), "step": 0})
    before = page(site, play_url(attempt))
    again = page(signed_in(amina), play_url(attempt))
    strip = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"')
    assert strip.sub("", before) == strip.sub("", again)
    assert "Ms Doran does not move." in again


def test_a_double_submit_happens_once(site: Client, attempt: Attempt, chosen: Chosen) -> None:
    for _ in range(2):
        response = site.post(play_url(attempt), {"choice": chosen("S2-n01-a"), "step": 0})
        assert response.headers["Location"] == play_url(attempt)
    assert attempt.events.filter(kind="decided").count() == 1


def test_a_stale_tab_shows_where_one_is_now(site: Client, attempt: Attempt, chosen: Chosen) -> None:
    site.post(play_url(attempt), {"choice": chosen("S2-n01-a"), "step": 0})
    response = site.post(play_url(attempt), {"choice": chosen("S2-n01-b"), "step": 0}, follow=True)
    html = response.content.decode()
    assert "You had already gone on from there" in html
    assert "Ms Doran does not move." in html
    assert attempt.events.filter(kind="decided").count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"step": "0"}, "Choose what you do first"),
        ({"step": "0", "choice": ""}, "Choose what you do first"),
        ({"step": "0", "choice": "nonsense"}, "That choice belongs to another moment"),
        ({"step": "0", "choice": str(uuid.uuid4())}, "That choice belongs to another moment"),
    ],
)
def test_a_wrong_choice_is_answered_in_words(
    site: Client, attempt: Attempt, sent: dict[str, str], words: str
) -> None:
    response = site.post(play_url(attempt), sent)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert attempt.events.count() == 1


@pytest.mark.parametrize("step", ["", "-1", "x", "9" * 40, "½", "٣"])
def test_a_broken_step_changes_nothing(site: Client, attempt: Attempt, chosen: Chosen, step: str) -> None:
    response = site.post(play_url(attempt), {"choice": chosen("S2-n01-a"), "step": step})
    assert response.status_code == 302
    assert attempt.events.count() == 1


def test_pausing_leads_to_a_quiet_page_and_back(site: Client, attempt: Attempt, chosen: Chosen) -> None:
    site.post(play_url(attempt), {"choice": chosen("S2-n01-a"), "step": 0})
    html = site.post(act_url(attempt, "pause"), follow=True).content.decode()
    assert "Paused" in html
    assert "Ms Doran" not in html
    assert "Ms Doran does not move." in site.post(act_url(attempt, "resume"), follow=True).content.decode()


def test_skipping_needs_no_reason_and_can_be_taken_up_again(site: Client, attempt: Attempt) -> None:
    html = site.post(act_url(attempt, "skip"), follow=True).content.decode()
    assert "Put aside" in html
    assert "What do you do?" in site.post(act_url(attempt, "take-up"), follow=True).content.decode()


def test_the_text_tells_the_story_and_completes_it(site: Client, fresh: Attempt) -> None:
    url = reverse("scenarios:text", args=[fresh.uuid])
    html = page(site, url)
    assert "A good step:" in html
    assert "Health bodies are not among those under the duty to notify" in html
    assert "I have read it" in html
    assert "Done. This counts like having played it" in site.post(url, follow=True).content.decode()
    fresh.refresh_from_db()
    assert fresh.is_resolved
    assert site.get(reverse("scenarios:debrief", args=[fresh.uuid])).headers["Location"] == url


def test_a_critical_flag_comes_first_in_the_look_back_and_is_replayed(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    play_best_but(attempt, chosen, "S2-n05-a")
    url = reverse("scenarios:debrief", args=[attempt.uuid])
    html = page(site, url)
    assert html.index("Promised absolute confidentiality") < html.index("Your way through")
    assert "Play again from here: Before you ask anything" in html
    back = site.post(act_url(attempt, "replay"), follow=True).content.decode()
    assert "She is calmer and looks as if she might speak." in back
    attempt.refresh_from_db()
    play_best(attempt)
    assert "Begin here" not in page(site, url)


def test_a_moment_played_again_is_practice_and_leaves_the_finished_play_and_the_library_as_they_are(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    play_best(attempt)
    look_back = reverse("scenarios:debrief", args=[attempt.uuid])
    again = site.post(reverse("scenarios:again", args=[attempt.uuid]), {"index": 2}, follow=True)
    site.post(reverse("scenarios:again", args=[attempt.uuid]), {"index": 2})
    practice = Attempt.objects.get(practice_of=attempt)
    assert again.redirect_chain[-1][0] == play_url(practice)
    assert look_back in again.content.decode()
    library = page(site, reverse("scenarios:library"))
    assert look_back in library
    assert "Play again: Seen alone" in library
    anew = site.post(reverse("scenarios:start", args=["seen-alone"]))
    assert Attempt.objects.count() == 3
    assert str(practice.uuid) not in anew.url
    library = page(site, reverse("scenarios:library"))
    assert "Go on: Seen alone" in library
    assert look_back in library


def test_a_story_that_is_not_translated_says_so_and_says_in_which_language_it_is_told(
    site: Client, fresh: Attempt
) -> None:
    site.cookies["django_language"] = "es"
    html = page(site, play_url(fresh))
    assert "Esta historia aún no está traducida" in html
    services.begin(fresh, at=NOW)
    assert '<p class="scene__text" lang="en-gb">' in page(site, play_url(fresh))
    site.cookies["django_language"] = "en-gb"
    assert '<p class="scene__text">' in page(site, play_url(fresh))


def test_the_look_back_names_what_was_not_assessed(site: Client, amina: User, northgate: Agency) -> None:
    services.load_scenario(document("asthma-review"), at=NOW)
    one = services.start_attempt(
        amina,
        scenario_slug="asthma-review",
        agency=northgate,
        registration_uuid=None,
        jurisdiction_code="UK",
        at=NOW,
    )
    play_best(services.begin(one, at=NOW))
    html = page(site, reverse("scenarios:debrief", args=[one.uuid]))
    assert html.count("Not assessed here") == 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("UK", "Health bodies are not among"),
        ("US", "There is no general federal duty"),
        ("INT", "Rules for adults differ"),
        ("EU", "Rules for adults differ"),
    ],
)
def test_the_law_shown_is_that_of_the_learners_jurisdiction(
    site: Client, attempt: Attempt, code: str, words: str
) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(jurisdiction_code=code)
    JurisdictionPack.objects.create(
        code="INT", name="International", version="1", valid_from=NOW.date(), recheck_by=NOW.date()
    )
    html = page(site, reverse("scenarios:text", args=[attempt.uuid]))
    assert words in html
    assert ("Your jurisdiction has no words of its own" in html) is (code == "EU")


@pytest.mark.parametrize("name", ["play", "text", "debrief"])
def test_an_outsider_gets_the_same_answer_as_for_nothing(
    attempt: Attempt, chidi: User, ben: User, signed_in: Callable[[User], Client], name: str
) -> None:
    for person in (chidi, ben):
        other = signed_in(person)
        assert other.get(reverse(f"scenarios:{name}", args=[attempt.uuid])).status_code == 404
        assert other.get(reverse(f"scenarios:{name}", args=[uuid.uuid4()])).status_code == 404
        assert other.post(act_url(attempt, "skip")).status_code == 404
        assert other.post(play_url(attempt), {"step": 0, "choice": "x"}).status_code == 404
    attempt.refresh_from_db()
    assert attempt.state == "open"


def test_nobody_plays_without_signing_in(client: Client, attempt: Attempt) -> None:
    for url in (
        play_url(attempt),
        reverse("scenarios:library"),
        reverse("scenarios:debrief", args=[attempt.uuid]),
    ):
        response = client.get(url)
        assert response.status_code == 302
        assert "login" in response.headers["Location"]


def test_an_unknown_story_or_button_is_not_found(site: Client, attempt: Attempt) -> None:
    assert site.post(reverse("scenarios:start", args=["nothing"])).status_code == 404
    assert site.post(act_url(attempt, "cheat")).status_code == 404
    assert site.get(act_url(attempt, "skip")).status_code == 405


def test_the_library_puts_the_stories_of_ones_role_first(site: Client) -> None:
    for slug in SLUGS:
        services.load_scenario(document(slug), at=NOW)
    html = page(site, reverse("scenarios:library"))
    assert html.index("Early van") < html.index("Written for other roles") < html.index("Seen alone")


def test_every_page_costs_the_same_however_long_the_play(
    site: Client, attempt: Attempt, chosen: Chosen, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    services.take_choice(attempt, choice_uuid=chosen("S2-n01-c"), step=0, at=NOW)
    site.get(play_url(attempt))  # the first request of a session writes that session down
    early = count_queries(lambda: site.get(play_url(attempt)))
    for step, key in enumerate(
        ["S2-n02-c", "S2-n03-a", "S2-n04-c", "S2-n05-b", "S2-n06-a", "S2-n07-b", "S2-n08-c"], start=1
    ):
        services.take_choice(attempt, choice_uuid=chosen(key), step=step, at=NOW)
    assert count_queries(lambda: site.get(play_url(attempt))) == early
    post = count_queries(lambda: site.post(play_url(attempt), {"choice": chosen("S2-n09-c"), "step": 8}))
    assert post == count_queries(
        lambda: site.post(play_url(attempt), {"choice": chosen("S2-n10-b"), "step": 9})
    )


@pytest.mark.django_db(transaction=True)
def test_a_decision_takes_six_queries_beside_session_and_user_once_its_scenes_are_known(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    url = play_url(attempt)
    way = [chosen("S2-n01-a"), chosen("S2-n02-c")]
    for step, choice in enumerate(way):
        site.post(url, {"choice": choice, "step": step})
        page(site, url)
    attempt.events.exclude(sequence=1).delete()
    Rel.objects.all().delete()
    Statement.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        for step, choice in enumerate(way):
            assert site.post(url, {"choice": choice, "step": step}).status_code == 302
    ours = [
        one["sql"]
        for one in asked
        if re.match("SELECT|INSERT|UPDATE|DELETE", one["sql"])
        and not re.search('FROM "(django_session|accounts_user)"', one["sql"])
    ]
    assert attempt.events.count() == 1 + len(way)
    assert len(ours) <= 6 * len(way), "\n".join(ours)


def test_the_look_back_costs_the_same_however_long_the_play(
    site: Client,
    amina: User,
    northgate: Agency,
    attempt: Attempt,
    chosen: Chosen,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    def costs(slug: str, *weak: str) -> int:
        services.load_scenario(document(slug), at=NOW)
        one = services.start_attempt(
            amina,
            scenario_slug=slug,
            agency=northgate,
            registration_uuid=None,
            jurisdiction_code="UK",
            at=NOW,
        )
        play_best_but(services.begin(one, at=NOW), chosen, *weak)
        return count_queries(lambda: site.get(reverse("scenarios:debrief", args=[one.uuid])))

    site.get(play_url(attempt))  # the first request of a session writes that session down
    assert costs("same-words") == costs("early-van", "S1-n05-a")


def test_a_step_is_light(site: Client, attempt: Attempt) -> None:
    import gzip

    assert len(gzip.compress(site.get(play_url(attempt)).content)) < 15_000


def test_the_look_back_links_lessons_for_the_weakest_competency_that_has_one(
    site: Client, attempt: Attempt, chosen: Chosen, monkeypatch: pytest.MonkeyPatch
) -> None:
    play_best_but(attempt, chosen, "S2-n07-c", "S2-n09-b")
    asked: list[str] = []

    def titles(codes: Sequence[str]) -> dict[str, str]:
        asked.extend(codes)
        return {"2.3": "Language first"} if "2.3" in codes else {}

    monkeypatch.setattr(lesson_links, "_find_titles", titles)
    html = page(site, reverse("scenarios:debrief", args=[attempt.uuid]))
    assert reverse("courses:lesson_by_code", args=["2.3"]) in html
    assert "2.3 Language first" in html
    assert {"2.3", "2.4"} <= set(asked)
    monkeypatch.setattr(lesson_links, "_find_titles", None)
    assert "comp__next" not in page(site, reverse("scenarios:debrief", args=[attempt.uuid]))


def test_a_source_stands_with_the_option_that_rests_on_it(
    site: Client, attempt: Attempt, chosen: Chosen
) -> None:
    source = Source.objects.create(key="RAFT", label="Chisolm-Straker et al. 2021", title="RAFT")
    fact = Fact.objects.create(
        code="IND-06", statement="Few positives are true.", confidence=Fact.Confidence.SEEN
    )
    fact.sources.add(source)
    play_best(attempt)
    html = page(site, reverse("scenarios:debrief", args=[attempt.uuid]))
    way = html[html.index('id="decision-1"') :]
    decision = way[way.index("Alone at last") : way.index("The wound")]
    taken, others = decision.split("What else you could have done")
    assert "Chisolm-Straker" not in taken
    assert "Chisolm-Straker et al. 2021" in others
    assert "IND-06" not in html
