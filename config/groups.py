"""What trainers and reviewers may do in the admin."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from content.models import ReviewGateTask
from content.reviewing import GROUPS

TRAINERS = "Trainers"
REVIEWERS = "Reviewers"
REVIEWS = "Review gates"

_CONTENT = (
    "fact",
    "source",
    "jurisdictionpack",
    "glossaryterm",
    "supportcontact",
    "referralservice",
    "resource",
)
# What can be earned and on what terms. Certificates themselves, with their holders' names, stay with administrators.
_CERTIFICATION = ("achievement", "creditapproval", "legalupdate", "certificatetemplate")
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
    """Make the groups and give them what they need; what an administrator added stays."""
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
                *(("certification", f"{action}_{model}") for model in _CERTIFICATION for action in _WRITE),
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
                ("content", "view_reviewsignoff"),
                *(("content", f"view_{model}") for model in _CONTENT),
                ("courses", "view_question"),
                ("scenarios", "view_scenario"),
                *_REPORTS,
            ]
        )
    )
    _pages(reviewers, ["change"])
    # Sign-offs were once typed in by hand; now only a step of a review writes one.
    reviewers.permissions.remove(
        *_permissions([("content", "add_reviewsignoff"), ("content", "change_reviewsignoff")])
    )
    for name in GROUPS.values():
        readers, _ = Group.objects.get_or_create(name=name)
        readers.permissions.add(
            *_permissions(
                [
                    ("wagtailadmin", "access_admin"),
                    ("content", "view_reviewsignoff"),
                    ("content", "view_fact"),
                    ("content", "view_source"),
                    ("content", "view_jurisdictionpack"),
                    ("courses", "view_question"),
                ]
            )
        )


@transaction.atomic
def ensure_reviews(*pages: Page) -> Workflow:
    """One workflow with a step for each gate, on these pages and all below. What an administrator changed stays."""
    workflow, is_new = Workflow.objects.get_or_create(name=REVIEWS)
    if is_new:
        for order, (gate, name) in enumerate(GROUPS.items()):
            task = ReviewGateTask.objects.create(
                name=name.removeprefix("Reviewers: ").capitalize(), gate=gate
            )
            task.groups.add(Group.objects.get(name=name))
            WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    for page in pages:
        WorkflowPage.objects.get_or_create(page=page, defaults={"workflow": workflow})
    return workflow
