"""Pages that belong to no app."""

from django.test import Client, RequestFactory

from config.views import server_error


def test_robots_are_kept_from_people_and_certificates_and_let_to_the_public_pages(client):
    response = client.get("/robots.txt")

    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {
        "Disallow: /verify/",
        "Disallow: /scenarios/",
        "Disallow: /account/",
        "Disallow: /accounts/",
    } <= set(lines)
    assert "Disallow: /" not in lines


def test_the_page_that_says_something_is_broken_leaves_to_the_same_place_as_every_page(settings):
    settings.LEAVE_URL = "https://weather.example/"

    response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert 'href="https://weather.example/"' in response.content.decode()


def test_an_error_is_answered_by_that_page(settings, monkeypatch, db):
    def breaks(*args, **kwargs):
        raise ZeroDivisionError

    settings.LEAVE_URL = "https://weather.example/"
    monkeypatch.setattr("certification.views._answer", breaks)

    response = Client(raise_request_exception=False).get("/verify/")

    assert response.status_code == 500
    assert 'href="https://weather.example/"' in response.content.decode()
