"""What happened, for a firm's programs: written once, never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
import partnernet.core.ids
from django.db import migrations, models

KEPT = """
CREATE TRIGGER announcement_never_changes BEFORE UPDATE OR DELETE ON contracts_announcement
    FOR EACH ROW EXECUTE FUNCTION contracts_never_changes();
"""
LET_GO = "DROP TRIGGER announcement_never_changes ON contracts_announcement;"


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0019_paper_agreements'),
        ('partners', '0012_claims_partly_upheld'),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('subject_id', models.UUIDField()),
                ('status', models.CharField(max_length=20)),
                ('by_firm', models.UUIDField(blank=True, null=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('agreement', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.agreement')),
                ('firm', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
            ],
            options={
                'indexes': [models.Index(fields=['firm', 'recorded_at', 'id'], name='announcement_of_firm')],
                'constraints': [models.CheckConstraint(condition=models.Q(('name__regex', '^[a-z_]+\\.[a-z_]+$')), name='announcement_name_in_two_parts')],
            },
        ),
        migrations.RunSQL(KEPT, LET_GO),
    ]
