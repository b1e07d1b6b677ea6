"""The pages on which administrators add and change people."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.users.forms import UserCreationForm as WagtailUserCreationForm
from wagtail.users.forms import UserEditForm as WagtailUserEditForm
from wagtail.users.views.users import DeleteView, IndexView, UserColumn
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from accounts import services
from accounts.models import User

FIELDS = ["email", "name", "professional_role", "jurisdiction", "is_staff", "is_superuser", "groups"]


class PersonForm(forms.Form):
    """What both forms share: one name instead of two."""

    first_name = None
    last_name = None

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"].strip().lower()
        if User.objects.filter(email__iexact=address).exclude(pk=self.instance.pk).exists():  # type: ignore[attr-defined]
            raise ValidationError(_("Somebody already has an account with this address."))
        return address


class UserCreationForm(PersonForm, WagtailUserCreationForm):
    @property
    def password_required(self) -> bool:
        """Without one the person sets it by e-mail, which is safer than a password that two people know."""
        return False

    class Meta(WagtailUserCreationForm.Meta):
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _(
            "Leave empty to let the person set one with “Forgotten your password?”."
        )

    def save(self, commit: bool = True) -> User:
        data = self.cleaned_data
        user = services.create_person(
            data["email"],
            name=data["name"],
            password=data["password1"] or None,
            professional_role=data["professional_role"],
            jurisdiction=data["jurisdiction"],
            is_staff=data["is_staff"],
            is_superuser=data["is_superuser"],
            verified=True,
        )
        services.set_groups(user, groups=list(data["groups"]))
        self.instance = user
        return user


class UserEditForm(PersonForm, WagtailUserEditForm):
    class Meta(WagtailUserEditForm.Meta):
        fields = [*FIELDS, "is_active"]

    def save(self, commit: bool = True) -> User:
        """Wagtail's own saving, and the address that allauth keeps beside it."""
        user: User = super().save(commit=commit)
        services.align_address(user)
        return user


class PeopleIndexView(IndexView):
    @property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column_class(UserColumn)(
                "name",
                accessor=str,
                label=_("Name"),
                sort_key="name",
                get_url=self.get_edit_url,
                classname="name",
            ),
            Column("email", accessor="email", label=_("E-mail address"), sort_key="email"),
            BooleanColumn("is_staff", label=_("Admin"), sort_key="is_staff"),
            BooleanColumn("is_active", label=_("Active"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last signed in"), sort_key="last_login"),
        ]

    @property
    def search_fields(self) -> set[str]:
        return {"name", "email"}

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().filter(deleted_at__isnull=True)

    def order_queryset(self, queryset: Any) -> Any:
        if self.ordering in ("name", "-name"):
            return queryset.order_by(self.ordering)
        return super().order_queryset(queryset)


class PersonDeleteView(DeleteView):
    """Takes the person out and leaves the proof, as when she deletes the account herself.

    Wagtail would refuse, because certificates point to the row; here the row stays.
    """

    def get_usage_url(self) -> None:
        return None

    def delete_action(self) -> None:
        services.delete_account(self.object, at=timezone.now())


class UserViewSet(WagtailUserViewSet):
    model = get_user_model()
    index_view_class = PeopleIndexView
    delete_view_class = PersonDeleteView
    ordering = "email"

    def get_form_class(self, for_update: bool = False) -> type[forms.Form]:
        return UserEditForm if for_update else UserCreationForm
