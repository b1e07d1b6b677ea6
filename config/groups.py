"""What trainers and reviewers may do in the admin."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

TRAINERS = "Trainers"
REVIEWERS = "Reviewers"

_CONTENT = (
    "fact",
    "source",
    "jurisdictionpack",
    "glossaryterm",
    "supportcontact",
    "referralservice",
    "resource",
)
_WRITE = ("add", "change", "view")
_REPORTS = [("content", f"{action}_problemreport") for action in ("change", "view")]


def _permissions(wanted: Iterable[tuple[str, str]]) -> list[Permission]:
    return [
        permission
        for app_label, codename in wanted
        for permission in Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    ]


def _pages(group: Group, codenames: Iterable[str]) -> None:
    """On every page from the top of the tree down."""
    root = Page.objects.filter(depth=1).first()
    for permission in _permissions(("wagtailcore", f"{codename}_page") for codename in codenames):
        GroupPagePermission.objects.get_or_create(group=group, page=root, permission=permission)


@transaction.atomic
def ensure_groups() -> None:
    """Make the two groups and give them what they need; what an administrator added stays."""
    trainers, _ = Group.objects.get_or_create(name=TRAINERS)
    trainers.permissions.add(
        *_permissions(
            [
                ("wagtailadmin", "access_admin"),
                *(("content", f"{action}_{model}") for model in _CONTENT for action in _WRITE),
                ("content", "publish_resource"),
                *(("courses", f"{action}_question") for action in (*_WRITE, "publish")),
                *(("scenarios", f"{action}_scenario") for action in (*_WRITE, "publish")),
                *_REPORTS,
                ("courses", "read_evaluation"),
                *(("certification", f"{action}_certificatetemplate") for action in _WRITE),
            ]
        )
    )
    _pages(trainers, ["add", "change", "publish", "lock", "unlock"])
    collection = Collection.get_first_root_node()
    for app_label, codename in (
        ("wagtailimages", "add_image"),
        ("wagtailimages", "change_image"),
        ("wagtailimages", "choose_image"),
        ("wagtaildocs", "add_document"),
        ("wagtaildocs", "change_document"),
        ("wagtaildocs", "choose_document"),
    ):
        for permission in _permissions([(app_label, codename)]):
            GroupCollectionPermission.objects.get_or_create(
                group=trainers, collection=collection, permission=permission
            )
    reviewers, _ = Group.objects.get_or_create(name=REVIEWERS)
    reviewers.permissions.add(
        *_permissions(
            [
                ("wagtailadmin", "access_admin"),
                *(("content", f"{action}_reviewsignoff") for action in ("add", "view")),
                *(("content", f"view_{model}") for model in _CONTENT),
                ("courses", "view_question"),
                ("scenarios", "view_scenario"),
                *_REPORTS,
            ]
        )
    )
    _pages(reviewers, ["change"])
