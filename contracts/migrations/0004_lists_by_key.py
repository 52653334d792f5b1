"""Lists run newest first by key, so their indexes do; an index of the firm alone is dropped where another begins with it."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index made concurrently keeps nobody from writing, and cannot stand in a transaction.
    atomic = False

    dependencies = [("contracts", "0003_approach_reports")]

    operations = [
        AddIndexConcurrently("agreement", models.Index(fields=["proposer", "-id"], name="agreement_proposed")),
        AddIndexConcurrently("agreement", models.Index(fields=["other", "-id"], name="agreement_received")),
        RemoveIndexConcurrently("agreement", "agreement_of_proposer"),
        RemoveIndexConcurrently("agreement", "agreement_of_other"),
        migrations.AlterField(
            "agreement",
            "proposer",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="agreements_proposed", to="partners.firm"
            ),
        ),
        migrations.AlterField(
            "agreement",
            "other",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="agreements_received", to="partners.firm"
            ),
        ),
    ]
