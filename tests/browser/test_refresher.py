"""A refresher on a telephone, from the e-mail, without script and without signing in."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from config.curriculum import load, read_curriculum
from courses import marking
from courses.models import CheckItem
from courses.services.refreshers import send_refreshers
from tests import cast
from tests.factories.courses import make_registration

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(settings, live_server):
    settings.PUBLIC_URL = live_server.url
    now = timezone.now()
    load(read_curriculum(settings.CURRICULUM_DIR), at=now - timedelta(days=60))
    northgate = cast.make_northgate()
    registration = make_registration(cast.make_amina(northgate), northgate, at=now - timedelta(days=40))
    registration.started_at = registration.satisfied_at = now - timedelta(days=35)
    registration.save()
    assert send_refreshers(at=now) == 1
    return next(word for word in mail.outbox[0].body.split() if word.startswith(live_server.url))


def is_as_wide_as_the_screen(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_six_questions_from_an_e_mail_end_with_what_to_read_again(link, browse):
    person, looking = browse(script=False, width=360), browse(width=360)
    page = person.page
    path = link.removeprefix(person.base)
    person.goto(path)
    looking.goto(path)
    looking.looks_right()
    page.get_by_role("button", name=re.compile("^Start")).click()
    for position in range(1, 7):
        expect(page).to_have_url(re.compile(f"/{position}/$"))
        if position == 1:
            looking.goto(page.url.removeprefix(person.base))
            looking.looks_right()
            assert is_as_wide_as_the_screen(looking.page)
        item = CheckItem.objects.select_related("question_version").get(position=position)
        version = item.question_version
        right = marking.best_answer(version.kind, version.options)
        wrong = next(key for key in item.option_order if key not in right) if position < 5 else None
        for place, one in enumerate(right, start=1):
            key, _colon, target = one.partition(":")
            if version.kind in ("ordering", "matching"):
                page.locator(f"#answer-{key}").select_option(target or str(place))
            elif wrong is None:
                page.locator(f"input[value='{key}']").check()
        if wrong is not None and version.kind not in ("ordering", "matching"):
            page.locator(f"input[value='{wrong}']").check()
        page.get_by_role("button", name="Answer").click()
        expect(page.locator(".option__why").first).to_be_visible()
        if position == 1:
            looking.goto(page.url.removeprefix(person.base))
            looking.looks_right()
        page.get_by_role("link", name=re.compile("Next question|What to read again")).click()
    expect(page.get_by_text(re.compile("^Done. "))).to_be_visible()
    looking.goto(path)
    looking.looks_right()
    assert is_as_wide_as_the_screen(looking.page)
    # The link signs nobody in.
    person.goto("/training/")
    expect(page).to_have_url(re.compile("/accounts/login/"))
