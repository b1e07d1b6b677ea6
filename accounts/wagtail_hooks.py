from wagtail import hooks

from accounts.bulk_actions import AssignGroup, DeletePeople, SetActiveState

# After Wagtail's own of the same names, which they replace.
for action in (DeletePeople, SetActiveState, AssignGroup):
    hooks.register("register_bulk_action", action, order=100)
