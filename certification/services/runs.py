"""Issue what was earned in the background: started in the admin, done by a worker, gone on with after it was killed."""

import sys
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import User
from certification.models import AwardRun
from certification.services.awards import Batch, award_batch

# A worker that gave no sign of life for so long was stopped.
STILL = timedelta(minutes=2)
BETWEEN_SIGNS = timedelta(seconds=1)


def start_award_run(*, by: User | None, at: datetime) -> AwardRun:
    """The run that goes on already, or a new one. Two at once, should it come to that, award nothing twice."""
    going_on = AwardRun.objects.filter(finished_at__isnull=True).first()
    if going_on is not None:
        continue_award_runs(at=at)
        return going_on
    run = AwardRun.objects.create(started_at=at, started_by=by, moved_at=at)
    transaction.on_commit(lambda: work_on.enqueue(run.pk))
    return run


def continue_award_runs(*, at: datetime) -> int:
    """Set a worker to each run that stopped halfway. How many that were."""
    stopped = 0
    for run in AwardRun.objects.filter(finished_at__isnull=True, moved_at__lt=at - STILL):
        # Only who moves the sign on sets a worker to it.
        if AwardRun.objects.filter(pk=run.pk, moved_at=run.moved_at).update(moved_at=at):
            work_on.enqueue(run.pk)
            stopped += 1
    return stopped


@task()  # type: ignore[untyped-decorator]
def work_on(run_pk: int) -> None:
    """Award what is waiting and write down how far it is. What was awarded before it was stopped is counted already."""
    run = AwardRun.objects.get(pk=run_pk)
    if run.finished_at is not None:
        return
    known, noted = run.waiting, run.awarded

    def keep(batch: Batch) -> None:
        # Who was killed may have issued some more after it last wrote down how many: they no longer wait.
        before = max(noted, known - batch.waiting)
        run.waiting = before + batch.waiting
        run.looked_at = before + batch.looked_at
        run.awarded = before + batch.awarded
        run.problems = {str(number): problem for number, problem in batch.problems.items()}
        run.moved_at = timezone.now()
        run.save()

    def tell(batch: Batch) -> None:
        if timezone.now() - run.moved_at >= BETWEEN_SIGNS:
            keep(batch)

    run.moved_at = timezone.now() - BETWEEN_SIGNS
    batch = award_batch(at=timezone.now(), limit=sys.maxsize, tell=tell)
    run.finished_at = timezone.now()
    keep(batch)
