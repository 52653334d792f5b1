"""Lists run newest first by key, so their indexes do; an index of the firm alone is dropped where another begins with it."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index made concurrently keeps nobody from writing, and cannot stand in a transaction.
    atomic = False

    dependencies = [("engagements", "0005_versions_of_lines")]

    operations = [
        AddIndexConcurrently("engagement", models.Index(fields=["firm", "-id"], name="engagement_of_firm")),
        AddIndexConcurrently("offer", models.Index(fields=["firm", "-id"], name="offer_received")),
        AddIndexConcurrently("workorder", models.Index(fields=["prime", "-id"], name="work_order_given")),
        AddIndexConcurrently("workorder", models.Index(fields=["sub", "-id"], name="work_order_taken")),
        RemoveIndexConcurrently("engagement", "engagement_newest"),
        RemoveIndexConcurrently("offer", "offer_received_newest"),
        RemoveIndexConcurrently("workorder", "work_order_given_newest"),
        RemoveIndexConcurrently("workorder", "work_order_taken_newest"),
        migrations.AlterField(
            "engagement",
            "firm",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="engagements", to="partners.firm"
            ),
        ),
        migrations.AlterField(
            "offer",
            "firm",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="offers", to="partners.firm"
            ),
        ),
        migrations.AlterField(
            "workorder",
            "prime",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="orders_given", to="partners.firm"
            ),
        ),
        migrations.AlterField(
            "workorder",
            "sub",
            models.ForeignKey(
                blank=True, null=True, db_index=False, on_delete=models.PROTECT, related_name="orders_taken", to="partners.firm"
            ),
        ),
    ]
