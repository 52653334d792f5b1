"""Lists run newest first by key, so their indexes do; an index of the firm alone is dropped where another begins with it."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index made concurrently keeps nobody from writing, and cannot stand in a transaction.
    atomic = False

    dependencies = [("billing", "0002_payments_within_invoices")]

    operations = [
        AddIndexConcurrently("invoice", models.Index(fields=["prime", "-id"], name="invoice_received")),
        AddIndexConcurrently("invoice", models.Index(fields=["sub", "-id"], name="invoice_issued")),
        RemoveIndexConcurrently("invoice", "invoice_received_newest"),
        RemoveIndexConcurrently("invoice", "invoice_issued_newest"),
        migrations.AlterField(
            "invoice",
            "prime",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="invoices_received", to="partners.firm"
            ),
        ),
        migrations.AlterField(
            "invoice",
            "sub",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="invoices_issued", to="partners.firm"
            ),
        ),
    ]
