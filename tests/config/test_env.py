import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_a_missing_setting_says_what_to_set(monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY is not set\. Set it, or SECRET_KEY_FILE"):
        env.text("SECRET_KEY")


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))

    assert env.text("SECRET_KEY") == "from a file"


def test_a_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "nothing"))

    with pytest.raises(ImproperlyConfigured, match="cannot be read"):
        env.text("SECRET_KEY")


@pytest.mark.parametrize(("value", "expected"), [("true", True), ("1", True), ("Off", False), ("no", False)])
def test_a_flag_understands_yes_and_no(monkeypatch, value, expected):
    monkeypatch.setenv("OPEN_SIGN_UP", value)

    assert env.flag("OPEN_SIGN_UP", not expected) is expected


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (lambda: env.flag("THING", True), "maybe", "THING is 'maybe'. Write one of: true, false."),
        (lambda: env.number("THING", 1), "many", "THING is 'many'. Write a whole number."),
        (lambda: env.number("THING", 1, at_least=1), "0", "THING is 0. Write a whole number of at least 1."),
    ],
)
def test_nonsense_is_refused_with_what_would_be_right(monkeypatch, read, value, message):
    monkeypatch.setenv("THING", value)

    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    assert str(caught.value) == message


def test_a_list_is_split_at_commas(monkeypatch):
    monkeypatch.setenv("THING", "a.example, b.example,")

    assert env.words("THING") == ["a.example", "b.example"]
