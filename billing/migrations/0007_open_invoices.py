"""Whatever may still be owed is found by its day: four statuses where there was one; a denied payment waits for nobody."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

OPEN = Q(status__in=("submitted", "revise", "disputed", "approved"))


class Migration(migrations.Migration):
    # An index made concurrently keeps nobody from writing, and cannot stand in a transaction.
    atomic = False

    dependencies = [("billing", "0006_lines_add_up")]

    operations = [
        AddIndexConcurrently(
            "invoice", models.Index(fields=["prime", "due_on", "id"], condition=OPEN, name="invoice_open_to_pay")
        ),
        AddIndexConcurrently(
            "invoice", models.Index(fields=["sub", "due_on", "id"], condition=OPEN, name="invoice_open_to_receive")
        ),
        AddIndexConcurrently("invoice", models.Index(fields=["due_on"], condition=OPEN, name="invoice_open_due")),
        AddIndexConcurrently(
            "payment",
            models.Index(
                fields=["silence_at"], condition=Q(confirmed_at=None, denied_at=None), name="payment_waits_for_silence"
            ),
        ),
        RemoveIndexConcurrently("invoice", "invoice_to_pay"),
        RemoveIndexConcurrently("invoice", "invoice_to_receive"),
        RemoveIndexConcurrently("invoice", "invoice_due"),
        RemoveIndexConcurrently("payment", "payment_silence_due"),
    ]
