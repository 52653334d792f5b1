"""A dispute about a signature is closed with the proposal that it was put on."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0022_announcements'),
        ('partners', '0012_claims_partly_upheld'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signaturedispute',
            name='signature_dispute_status_known_and_whole',
        ),
        migrations.AlterField(
            model_name='signaturedispute',
            name='status',
            field=models.CharField(choices=[('open', 'Disputed'), ('withdrawn', 'Withdrawn'), ('settled', 'Settled'), ('closed', 'Closed with the proposal')], default='open', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='signaturedispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('closed_by', None), ('outcome', ''), ('status', 'open')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('status', 'withdrawn')), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('status', 'settled'), models.Q(('outcome', ''), _negated=True)), models.Q(('closed_at__isnull', False), ('status', 'closed'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='signature_dispute_status_known_and_whole'),
        ),
    ]
