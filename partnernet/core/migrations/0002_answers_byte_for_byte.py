"""Kept answers as the bytes that were sent, with the headers that belong to them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0001_people_and_news"),
    ]

    operations = [
        migrations.AlterField(
            model_name="idempotencyrecord",
            name="body",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="idempotencyrecord",
            name="headers",
            field=models.JSONField(default=dict),
        ),
        migrations.AddConstraint(
            model_name="idempotencyrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__lt", 500)), name="idempotency_keeps_no_failure"
            ),
        ),
    ]
