import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import partnernet.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('clients', '0001_clients'),
        ('core', '__first__'),
        ('partners', '0003_skills'),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('negotiating', 'In talks'), ('agreed', 'Terms agreed'), ('partially_signed', 'Signed by one'), ('signed', 'Signed'), ('declined', 'Declined'), ('voided', 'Voided'), ('lapsed', 'Lapsed')], default='draft', max_length=16)),
                ('content_sha256', models.CharField(max_length=64)),
                ('verify_code', models.CharField(max_length=24, unique=True)),
                ('protects_clients', models.BooleanField(default=False)),
                ('protects_people', models.BooleanField(default=False)),
                ('client_tail_months', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('proposed_at', models.DateTimeField(blank=True, null=True)),
                ('lapses_at', models.DateTimeField(blank=True, null=True)),
                ('remind_at', models.DateTimeField(blank=True, null=True)),
                ('effective_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('terminated_at', models.DateTimeField(blank=True, null=True)),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_received', to='partners.firm')),
                ('proposer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements_proposed', to='partners.firm')),
                ('terminated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'proposed', 'negotiating', 'agreed', 'partially_signed', 'signed', 'declined', 'voided', 'lapsed'])), name='agreement_status_known'), models.CheckConstraint(condition=models.Q(('proposer', models.F('other')), _negated=True), name='agreement_of_two_firms'), models.UniqueConstraint(django.db.models.functions.comparison.Least('proposer', 'other'), django.db.models.functions.comparison.Greatest('proposer', 'other'), condition=models.Q(('status__in', ['proposed', 'negotiating', 'agreed', 'partially_signed'])), name='agreement_one_under_way'), models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', False), ('ends_at__gt', models.F('effective_at')), ('status', 'signed')), models.Q(models.Q(('status', 'signed'), _negated=True), ('effective_at', None), ('ends_at', None)), _connector='OR'), name='agreement_signed_has_its_time'), models.CheckConstraint(condition=models.Q(models.Q(('lapses_at__isnull', False), ('status__in', ['proposed', 'agreed', 'partially_signed'])), models.Q(models.Q(('status__in', ['proposed', 'agreed', 'partially_signed']), _negated=True), ('lapses_at', None), ('remind_at', None)), _connector='OR'), name='agreement_open_for_signing_lapses'), models.CheckConstraint(condition=models.Q(models.Q(('terminated_at', None), ('terminated_by', None)), models.Q(('status', 'signed'), ('terminated_at__isnull', False), ('terminated_by__isnull', False)), _connector='OR'), name='agreement_termination_whole')],
                'indexes': [models.Index(fields=['proposer', '-created_at'], name='agreement_of_proposer'), models.Index(fields=['other', '-created_at'], name='agreement_of_other'), models.Index(condition=models.Q(('lapses_at__isnull', False)), fields=['lapses_at'], name='agreement_lapsing'), models.Index(condition=models.Q(('remind_at__isnull', False)), fields=['remind_at'], name='agreement_to_remind')],
            },
        ),
        migrations.CreateModel(
            name='AgreementRevision',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('values', models.JSONField()),
                ('values_sha256', models.CharField(max_length=64)),
                ('other_changes', models.TextField(blank=True)),
                ('text', models.TextField()),
                ('content_sha256', models.CharField(max_length=64)),
                ('author_side', models.CharField(max_length=8)),
                ('comment', models.TextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='contracts.agreement')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agreement', 'number'), name='revision_number_once'), models.UniqueConstraint(fields=('agreement', 'id', 'content_sha256'), name='revision_with_its_hash'), models.CheckConstraint(condition=models.Q(('author_side__in', ('proposer', 'other'))), name='revision_side_known')],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='current_revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contracts.agreementrevision'),
        ),
        migrations.CreateModel(
            name='AgreementTemplate',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('title', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('master_subcontract', 'Subcontract agreement'), ('nda', 'Confidentiality agreement'), ('amendment', 'Amendment')], max_length=20)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['master_subcontract', 'nda', 'amendment'])), name='template_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='CoverageOverride',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('prime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
                ('sub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), ('expires_at__gt', models.F('created_at'))), name='override_has_reason_and_end'), models.CheckConstraint(condition=models.Q(('prime', models.F('sub')), _negated=True), name='override_of_two_firms')],
                'indexes': [models.Index(fields=['prime', 'sub', '-expires_at'], name='override_of_pair')],
            },
        ),
        migrations.CreateModel(
            name='ProtectedClient',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('client_name', models.CharField(max_length=200)),
                ('work_order_id', models.UUIDField(blank=True, null=True)),
                ('status', models.CharField(choices=[('protected', 'Protected'), ('released', 'Released')], default='protected', max_length=10)),
                ('notified_at', models.DateTimeField()),
                ('declare_by', models.DateTimeField()),
                ('first_service_on', models.DateField(blank=True, null=True)),
                ('last_service_on', models.DateField(blank=True, null=True)),
                ('tail_months', models.PositiveSmallIntegerField()),
                ('protected_until', models.DateField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='protected_clients', to='contracts.agreement')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='protections', to='clients.client')),
                ('prime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clients_protected', to='partners.firm')),
                ('sub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clients_served_for_others', to='partners.firm')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agreement', 'client'), name='protected_client_once_per_agreement'), models.CheckConstraint(condition=models.Q(('status__in', ['protected', 'released'])), name='protected_client_status_known'), models.CheckConstraint(condition=models.Q(('prime', models.F('sub')), _negated=True), name='protected_client_of_two_firms'), models.CheckConstraint(condition=models.Q(models.Q(('first_service_on', None), ('last_service_on', None)), models.Q(('first_service_on__isnull', False), ('last_service_on__gte', models.F('first_service_on'))), _connector='OR'), name='protected_client_service_days_in_order'), models.CheckConstraint(condition=models.Q(('declare_by__gt', models.F('notified_at'))), name='protected_client_time_to_declare')],
                'indexes': [models.Index(fields=['prime', 'protected_until'], name='protected_client_of_prime')],
            },
        ),
        migrations.CreateModel(
            name='PriorRelationship',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('declared', 'Declared'), ('released', 'Released'), ('disputed', 'Disputed')], default='declared', max_length=10)),
                ('evidence', models.TextField()),
                ('evidence_on', models.DateField()),
                ('declared_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('protected_client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prior_relationships', to='contracts.protectedclient')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('protected_client',), name='prior_relationship_once'), models.CheckConstraint(condition=models.Q(('evidence', ''), _negated=True), name='prior_relationship_has_evidence'), models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('status', 'declared')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('status__in', ['released', 'disputed'])), _connector='OR'), name='prior_relationship_answer_whole')],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('first_viewed_at', models.DateTimeField()),
                ('consented_at', models.DateTimeField(blank=True, null=True)),
                ('consent_version', models.CharField(blank=True, max_length=10)),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='contracts.agreementrevision')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('revision', 'user'), name='reading_once_per_person'), models.CheckConstraint(condition=models.Q(models.Q(('consent_version', ''), ('consented_at', None)), models.Q(('consented_at__isnull', False), models.Q(('consent_version', ''), _negated=True)), _connector='OR'), name='reading_consent_whole')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('content_sha256', models.CharField(max_length=64)),
                ('side', models.CharField(max_length=8)),
                ('firm_name', models.CharField(max_length=200)),
                ('name', models.CharField(max_length=200)),
                ('title', models.CharField(max_length=100)),
                ('email', models.EmailField(max_length=254)),
                ('method', models.CharField(default='typed', max_length=10)),
                ('authority', models.TextField()),
                ('consent_version', models.CharField(max_length=10)),
                ('authentication', models.JSONField(default=list)),
                ('ip', models.GenericIPAddressField(blank=True, null=True)),
                ('user_agent', models.CharField(blank=True, max_length=300)),
                ('invited_at', models.DateTimeField()),
                ('first_viewed_at', models.DateTimeField()),
                ('consented_at', models.DateTimeField()),
                ('signed_at', models.DateTimeField()),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='contracts.agreement')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
                ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='contracts.agreementrevision')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('revision', 'user'), name='signature_of_one_person_once'), models.UniqueConstraint(fields=('revision', 'side'), name='signature_of_one_side_once'), models.CheckConstraint(condition=models.Q(('side__in', ('proposer', 'other'))), name='signature_side_known'), models.CheckConstraint(condition=models.Q(('method', 'typed')), name='signature_method_known'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('title', ''), _negated=True), models.Q(('authority', ''), _negated=True), models.Q(('consent_version', ''), _negated=True)), name='signature_says_who_and_by_what_right'), models.CheckConstraint(condition=models.Q(('consented_at__lte', models.F('signed_at')), ('first_viewed_at__lte', models.F('consented_at'))), name='signature_after_reading_and_consent')],
            },
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=20)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('in_review', 'In review'), ('published', 'Published'), ('deprecated', 'Deprecated'), ('withdrawn', 'Withdrawn')], default='draft', max_length=12)),
                ('text_sha256', models.CharField(blank=True, max_length=64)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
                ('reviewed_by', models.CharField(blank=True, max_length=200)),
                ('reviewed_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='contracts.agreementtemplate')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('template', 'label'), name='template_version_label_once'), models.CheckConstraint(condition=models.Q(models.Q(('published_at', None), ('status__in', ['draft', 'in_review'])), models.Q(('published_at__isnull', False), ('status__in', ['published', 'deprecated', 'withdrawn']), ('text_sha256__regex', '^[0-9a-f]{64}$')), _connector='OR'), name='template_version_published_with_hash'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawn_at', None), ('withdrawn_reason', '')), _connector='OR'), name='template_version_withdrawn_with_reason'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_by', ''), ('reviewed_on', None)), models.Q(models.Q(('reviewed_by', ''), _negated=True), ('reviewed_on__isnull', False)), _connector='OR'), name='template_version_review_whole')],
            },
        ),
        migrations.CreateModel(
            name='ClauseVersion',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('key', models.SlugField(max_length=60)),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('lock', models.CharField(choices=[('locked', 'Locked'), ('choice', 'Choice'), ('free', 'Free')], max_length=6)),
                ('switch', models.CharField(blank=True, max_length=60)),
                ('rationale', models.CharField(max_length=300)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='clauses', to='contracts.templateversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'key'), name='clause_key_once_per_version'), models.UniqueConstraint(fields=('version', 'number'), name='clause_number_once_per_version'), models.CheckConstraint(condition=models.Q(('lock__in', ['locked', 'choice', 'free'])), name='clause_lock_known')],
            },
        ),
        migrations.AddField(
            model_name='agreement',
            name='template_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='contracts.templateversion'),
        ),
        migrations.CreateModel(
            name='VariableDefinition',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('key', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('kind', models.CharField(max_length=20)),
                ('required', models.BooleanField(default=True)),
                ('default', models.JSONField(blank=True, null=True)),
                ('minimum', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('maximum', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('choices', models.JSONField(blank=True, default=list)),
                ('help', models.CharField(blank=True, max_length=300)),
                ('group', models.CharField(blank=True, max_length=60)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='variables', to='contracts.templateversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'key'), name='variable_key_once_per_version'), models.UniqueConstraint(fields=('version', 'position'), name='variable_position_once_per_version')],
            },
        ),
        migrations.CreateModel(
            name='AgreementEvent',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('step', models.CharField(max_length=40)),
                ('side', models.CharField(max_length=20)),
                ('role', models.CharField(max_length=20)),
                ('door', models.CharField(max_length=10)),
                ('by_firm', models.UUIDField(blank=True, null=True)),
                ('on_behalf_of', models.CharField(blank=True, max_length=120)),
                ('from_status', models.CharField(blank=True, max_length=20)),
                ('to_status', models.CharField(blank=True, max_length=20)),
                ('reason', models.TextField(blank=True)),
                ('changes', models.JSONField(blank=True, default=dict)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('sequence', models.PositiveIntegerField()),
                ('previous_hash', models.CharField(default='0000000000000000000000000000000000000000000000000000000000000000', max_length=64)),
                ('text', models.TextField()),
                ('hash', models.CharField(max_length=64)),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='contracts.agreement')),
                ('by_user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('agreement', 'sequence'), name='agreement_event_sequence_once')],
            },
        ),
    ]
