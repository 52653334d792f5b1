"""The unique index on firm and name serves whatever an index on the firm alone would."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_clients")]

    operations = [
        migrations.AlterField(
            "client",
            "firm",
            models.ForeignKey(
                db_index=False, on_delete=models.PROTECT, related_name="clients", to="partners.firm"
            ),
        ),
    ]
