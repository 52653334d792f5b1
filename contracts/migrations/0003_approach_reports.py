import django.db.models.deletion
import partnernet.core.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_clients'),
        ('contracts', '0002_promises_of_the_database'),
        ('partners', '0003_skills'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApproachReport',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('work_order_id', models.UUIDField()),
                ('what', models.CharField(max_length=500)),
                ('who', models.CharField(blank=True, max_length=120)),
                ('urgent', models.BooleanField(default=False)),
                ('reported_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approach_reports', to='clients.client')),
                ('prime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approaches_heard', to='partners.firm')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('sub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approaches_reported', to='partners.firm')),
            ],
            options={
                'indexes': [models.Index(fields=['prime', '-reported_at', '-id'], name='approach_report_of_prime'), models.Index(fields=['work_order_id'], name='approach_report_of_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('prime', models.F('sub')), _negated=True), name='approach_report_between_two_firms'), models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='approach_report_acknowledged_at_goes_with_by')],
            },
        ),
    ]
