"""The layers, as far as imports cannot show them, and what every model declares."""

import pytest
from django.apps import apps

# As in pyproject.toml: an app may point to itself and to those after it.
LAYERS = [
    "config",
    "compliance",
    "certification",
    "courses",
    "scenarios",
    "content",
    "records",
    "agencies",
    "accounts",
    "ui",
]
# Who owns or locks a page in the editor is Wagtail's own record, and comes with every page.
WAGTAILS = {"owner", "locked_by"}
OURS = [model for model in apps.get_models() if model._meta.app_label in LAYERS]


def test_there_is_something_to_look_at():
    assert {model._meta.app_label for model in OURS} >= {
        "accounts",
        "agencies",
        "courses",
        "certification",
        "compliance",
    }


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_keys_point_downwards_only(model):
    own = LAYERS.index(model._meta.app_label)
    for field in [*model._meta.get_fields(), *model._meta.local_many_to_many]:
        if field.auto_created or not field.is_relation or field.related_model is None:
            continue
        target = field.related_model._meta.app_label
        if target in LAYERS:
            assert LAYERS.index(target) >= own, f"{model._meta.label}.{field.name} points up to {target}"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_declares_its_personal_data(model):
    assert "personal_data" in vars(model), f"{model._meta.label} says nothing; an empty tuple is an answer"
    names = {field.name for field in model._meta.get_fields()}
    names |= {field.attname for field in model._meta.concrete_fields}
    assert isinstance(model.personal_data, tuple)
    assert set(model.personal_data) <= names, f"{model._meta.label} names fields that it does not have"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_key_to_a_person_is_personal_data(model):
    for field in model._meta.concrete_fields:
        if field.name in WAGTAILS or not field.is_relation or field.related_model is None:
            continue
        if field.related_model._meta.label == "accounts.User":
            assert field.name in model.personal_data, f"{model._meta.label}.{field.name} leads to a person"


def test_nothing_that_proves_training_goes_with_a_person():
    from django.db.models import CASCADE

    kept = {"registration", "achievementcredential", "membership", "delegation", "credentialevent"}
    for model in OURS:
        if model._meta.model_name in kept:
            for field in model._meta.concrete_fields:
                if field.is_relation:
                    assert field.remote_field.on_delete is not CASCADE, f"{model._meta.label}.{field.name}"
