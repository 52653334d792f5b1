import django.core.validators
import django.db.models.deletion
import engagements.models.visits
import partnernet.core.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clients', '0001_clients'),
        ('engagements', '0002_units_on_orders'),
        ('partners', '0003_skills'),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('status', models.CharField(choices=[('planned', 'Planned'), ('confirmed', 'Confirmed'), ('on_my_way', 'On the way'), ('checked_in', 'On site'), ('done', 'Done'), ('missed', 'Missed')], default='planned', max_length=10)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('set_off_at', models.DateTimeField(blank=True, null=True)),
                ('checked_in_at', models.DateTimeField(blank=True, null=True)),
                ('checked_out_at', models.DateTimeField(blank=True, null=True)),
                ('missed_at', models.DateTimeField(blank=True, null=True)),
                ('metres_away', models.PositiveIntegerField(blank=True, null=True)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='clients.site')),
                ('technician', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='engagements.workorder')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['planned', 'confirmed', 'on_my_way', 'checked_in', 'done', 'missed'])), name='visit_status_known'), models.UniqueConstraint(fields=('work_order', 'number'), name='visit_number_per_order'), models.UniqueConstraint(condition=models.Q(('status__in', ('planned', 'confirmed', 'on_my_way', 'checked_in'))), fields=('work_order',), name='visit_one_open_per_order'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['checked_in', 'done']), _negated=True), ('checked_in_at__isnull', False), _connector='OR'), name='visit_checked_in_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), ('checked_out_at__isnull', False)), models.Q(models.Q(('status', 'done'), _negated=True), ('checked_out_at', None)), _connector='OR'), name='visit_done_has_its_time'), models.CheckConstraint(condition=models.Q(('checked_out_at', None), ('checked_out_at__gte', models.F('checked_in_at')), _connector='OR'), name='visit_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'missed'), ('missed_at__isnull', False)), models.Q(models.Q(('status', 'missed'), _negated=True), ('missed_at', None)), _connector='OR'), name='visit_missed_has_its_time')],
                'indexes': [models.Index(fields=['technician', 'status'], name='visit_of_technician'), models.Index(condition=models.Q(('status__in', ('planned', 'confirmed', 'on_my_way'))), fields=['status'], name='visit_not_started')],
            },
        ),
        migrations.CreateModel(
            name='Deliverable',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('photo', 'Photo'), ('signature', "Client's sign-off")], max_length=10)),
                ('file', models.FileField(max_length=200, upload_to=engagements.models.visits._kept_at)),
                ('name', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('signer_name', models.CharField(blank=True, max_length=120)),
                ('uploaded_at', models.DateTimeField()),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliverables', to='engagements.workorder')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliverables', to='engagements.visit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['photo', 'signature'])), name='deliverable_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'signature'), _negated=True), models.Q(('signer_name', ''), _negated=True), _connector='OR'), name='deliverable_signature_has_a_name')],
                'indexes': [models.Index(fields=['work_order', 'uploaded_at'], name='deliverable_of_order')],
            },
        ),
        migrations.CreateModel(
            name='AccessGrant',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('what', models.CharField(max_length=200)),
                ('details', models.TextField(blank=True)),
                ('handed_over_at', models.DateTimeField()),
                ('returned_at', models.DateTimeField(blank=True, null=True)),
                ('returned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_grants', to='engagements.workorder')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('returned_at', None), ('returned_by', None)), models.Q(('returned_at__isnull', False), ('returned_by__isnull', False)), _connector='OR'), name='access_returned_at_goes_with_returned_by')],
            },
        ),
        migrations.CreateModel(
            name='BriefingRead',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('text_sha256', models.CharField(max_length=64)),
                ('acknowledged_at', models.DateTimeField()),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='briefings_read', to='engagements.engagement')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('engagement', 'member', 'text_sha256'), name='briefing_read_once_per_text')],
            },
        ),
        migrations.CreateModel(
            name='Problem',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('late', 'Running late'), ('access', 'Cannot get in'), ('scope', 'The work is not as described'), ('damage', 'Something broke'), ('security', 'Security or data'), ('other', 'Something else')], max_length=10)),
                ('text', models.CharField(max_length=500)),
                ('opened_at', models.DateTimeField()),
                ('resolution', models.CharField(blank=True, max_length=500)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='engagements.workorder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('resolved_at', None)), fields=['work_order'], name='problem_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolution', ''), ('resolved_at', None), ('resolved_by', None)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False), models.Q(('resolution', ''), _negated=True)), _connector='OR'), name='problem_resolved_at_goes_with_resolved_by')],
            },
        ),
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('status', models.CharField(choices=[('submitted', 'Waiting for approval'), ('sent_back', 'Sent back'), ('approved', 'Approved')], default='submitted', max_length=10)),
                ('note', models.TextField(blank=True)),
                ('units', models.PositiveIntegerField()),
                ('hours', models.DecimalField(decimal_places=2, max_digits=7)),
                ('currency', models.CharField(default='USD', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$')])),
                ('base', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('expenses', models.DecimalField(decimal_places=2, default=0, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('client_asked_for_more', models.BooleanField()),
                ('submitted_at', models.DateTimeField()),
                ('silence_at', models.DateTimeField()),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('by_silence', models.BooleanField(default=False)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.TextField(blank=True)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='engagements.workorder')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'submitted')), fields=['silence_at'], name='submission_silence_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['submitted', 'sent_back', 'approved'])), name='submission_status_known'), models.UniqueConstraint(fields=('work_order', 'number'), name='submission_number_per_order'), models.UniqueConstraint(condition=models.Q(('status', 'submitted')), fields=('work_order',), name='submission_one_waiting_per_order'), models.CheckConstraint(condition=models.Q(models.Q(('by_silence', False), ('decided_at', None), ('decided_by', None), ('status', 'submitted')), models.Q(('by_silence', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('status', 'sent_back'), models.Q(('reason', ''), _negated=True)), models.Q(('by_silence', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('status', 'approved')), models.Q(('by_silence', True), ('decided_at__isnull', False), ('decided_by', None), ('status', 'approved')), _connector='OR'), name='submission_decided_by_somebody_or_silence')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('phase', models.CharField(choices=[('before', 'Before you go'), ('on_site', 'On site'), ('after', 'Before you leave')], default='on_site', max_length=8)),
                ('position', models.PositiveSmallIntegerField()),
                ('text', models.CharField(max_length=200)),
                ('required', models.BooleanField(default=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='engagements.workorder')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('work_order', 'position'), name='task_position'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None)), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='task_done_at_goes_with_done_by')],
            },
        ),
    ]
