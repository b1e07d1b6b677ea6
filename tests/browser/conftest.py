"""A real Chromium against a real server, with axe on every page walked."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect, sync_playwright

# Playwright's synchronous interface runs an event loop of its own, and Django would refuse the database inside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    path = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if path is None:
        pytest.fail(
            "The browser tests need Chromium. On Debian or Ubuntu: apt-get install chromium. Elsewhere install it and set CHROMIUM to its path."
        )
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


class Person:
    """Somebody at a browser."""

    def __init__(self, page: Page, base: str, *, has_script: bool) -> None:
        self.page = page
        self.has_script = has_script
        self.base = base
        self.errors: list[str] = []
        self.outside: list[str] = []
        page.on(
            "console",
            lambda message: (
                self.errors.append(f"{message.text} ({message.location['url']})")
                if message.type == "error"
                else None
            ),
        )
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((base, "data:", "blob:")) else self.outside.append(request.url)
            ),
        )

    def goto(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, email: str, password: str) -> None:
        self.goto("/accounts/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form:has(input[name=password]) [type=submit]").first.click()
        expect(self.page.locator("input[name=password]")).to_have_count(0)

    def looks_right(self) -> None:
        """axe finds nothing (where there is script to run it), the console is quiet, nothing was asked of another host."""
        if self.has_script:
            found = Axe().run(self.page).response["violations"]
            assert not found, [
                (one["id"], one["help"], [node["target"] for node in one["nodes"]][:3]) for one in found
            ]
        assert not self.errors
        assert not self.outside


@pytest.fixture
def browse(chromium, live_server):
    """Open a window: browse(), browse(script=False), browse(width=360)."""
    contexts = []

    def open_window(*, script: bool = True, width: int = 1280, height: int = 900) -> Person:
        context = chromium.new_context(
            java_script_enabled=script, viewport={"width": width, "height": height}, locale="en-GB"
        )
        contexts.append(context)
        return Person(context.new_page(), live_server.url, has_script=script)

    yield open_window
    for context in contexts:
        context.close()
