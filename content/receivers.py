"""Search follows what is saved, published and taken away."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished

from content.models import RolePage, StandardPage
from content.search.index import refresh
from content.search.shelves import OURS


def _follow(sender: Any, instance: Any, **news: Any) -> None:
    refresh(OURS[sender], [str(instance.pk)])


for _model in OURS:
    post_save.connect(_follow, sender=_model)
    post_delete.connect(_follow, sender=_model)


@receiver([page_published, page_unpublished, post_delete], sender=StandardPage)
@receiver([page_published, page_unpublished, post_delete], sender=RolePage)
def _follow_page(sender: Any, instance: Any, **news: Any) -> None:
    refresh("page", [str(instance.pk)])
