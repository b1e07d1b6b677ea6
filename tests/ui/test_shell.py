"""What stands around every page: the way out, the look a person chose, and the parts that we ship ourselves."""

import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

import ui
from accounts.models import User

STATIC = Path(ui.__file__).parent / "static" / "ui"


@pytest.fixture
def bare(rf: RequestFactory):
    """The frame alone, without any page in it."""

    def render(**cookies: str) -> str:
        request = rf.get("/")
        request.COOKIES.update(cookies)
        return render_to_string("ui/base.html", request=request)

    return render


def tag(html: str, start: str) -> str:
    return re.search(rf"<{start}[^>]*>", html)[0]


def test_the_way_out_is_a_real_link_that_tells_the_next_site_nothing(bare, settings):
    settings.LEAVE_URL = "https://weather.example/"
    link = tag(bare(), 'a class="leave"')
    assert 'href="https://weather.example/"' in link
    assert 'rel="noreferrer"' in link
    assert "target" not in link


def test_pages_tell_other_sites_nothing_about_where_somebody_came_from(client, db):
    assert client.get("/accounts/login/")["Referrer-Policy"] == "same-origin"


def test_the_first_thing_that_the_keyboard_reaches_skips_to_the_content(bare):
    body = bare().split("<body>")[1]
    assert re.search(r"<a [^>]*>", body)[0] == '<a class="skip" href="#main">'
    assert '<main id="main" tabindex="-1">' in body


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("", []),
        (
            "text_size:larger|theme:dark|motion:reduce",
            ['data-text="larger"', 'data-theme="dark"', 'data-motion="reduce"'],
        ),
        ("text_size:normal|theme:device|motion:device", []),
        ('text_size:"><script>|theme:dark', ['data-theme="dark"']),
        ("nonsense", []),
    ],
)
def test_the_look_that_a_device_keeps_stands_on_the_page(bare, cookie, expected):
    opening = tag(bare(waylight_look=cookie), "html")
    assert re.findall(r'data-[a-z]+="[^"]*"', opening) == expected
    assert "<script" not in opening


@pytest.mark.django_db
def test_the_look_of_a_signed_in_person_goes_before_that_of_the_device(amina: User, signed_in):
    User.objects.filter(pk=amina.pk).update(text_size="large")
    client = signed_in(User.objects.get(pk=amina.pk))
    client.cookies["waylight_look"] = "text_size:larger|theme:dark|motion:device"
    opening = tag(client.get("/account/").content.decode(), "html")
    assert 'data-text="large"' in opening
    assert "data-theme" not in opening


def test_a_page_says_which_language_and_direction_it_has(bare):
    with translation.override("es"):
        assert '<html lang="es" dir="ltr"' in bare()
    with translation.override("ar"):
        assert 'dir="rtl"' in bare()


def test_the_form_for_text_and_language_works_without_script(bare):
    html = bare()
    assert 'method="post" action="/account/preferences/"' in html
    for field in ("language", "text_size", "theme", "next"):
        assert f'name="{field}"' in html


def test_ids_are_used_once_however_often_the_form_stands_on_a_page(bare):
    ids = re.findall(r' id="([^"]+)"', bare())
    assert len(ids) == len(set(ids))


def test_nothing_in_our_stylesheets_asks_another_host():
    for sheet in (STATIC / "css").rglob("*.css"):
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", sheet.read_text()), sheet.name


def test_every_file_that_a_stylesheet_names_is_shipped():
    for sheet in (STATIC / "css").rglob("*.css"):
        for name in re.findall(r"url\(\s*[\"']?([^\"')]+)", sheet.read_text()):
            if not name.startswith(("data:", "#")):
                assert (sheet.parent / name).is_file(), f"{sheet.name} names {name}"


def test_stylesheets_use_logical_directions_so_that_right_to_left_pages_turn_round():
    physical = re.compile(
        r"(?<![\w-])(margin|padding|border)-(left|right)\s*:|(?<![\w-])(left|right)\s*:|text-align:\s*(left|right)"
    )
    for sheet in (STATIC / "css").rglob("*.css"):
        assert not physical.search(sheet.read_text()), sheet.name


def test_files_from_elsewhere_are_unchanged():
    listed = dict(
        re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})`", (STATIC / "VENDORED.md").read_text(), re.M)
    )
    shipped = [
        one
        for folder in ("fonts", "vendor")
        for one in (STATIC / folder).iterdir()
        if one.suffix in {".woff2", ".js"}
    ]
    assert shipped
    for file in shipped:
        assert listed[f"{file.parent.name}/{file.name}"] == hashlib.sha256(file.read_bytes()).hexdigest(), (
            file.name
        )


def test_the_scripts_import_only_what_is_shipped():
    for script in (STATIC / "js").rglob("*.js"):
        for name in re.findall(r'from "([^"]+)"', script.read_text()):
            assert (script.parent / name).is_file(), f"{script.name} imports {name}"


def test_the_editor_carries_our_mark_and_no_other(admin_client):
    html = admin_client.get("/admin/account/").content.decode()
    title = re.search(r"<title>(.*?)</title>", html, re.S)[1]
    assert title.strip().endswith("Waylight")
    assert "ui/img/logo-on-dark.svg" in html
    assert finders.find("ui/img/logo-on-dark.svg")
    assert "favicon.ico" not in html
