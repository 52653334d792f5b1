import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import partnernet.core.ids
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '__first__'),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.CreateModel(
            name='Firm',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('legal_name', models.CharField(max_length=200)),
                ('name', models.CharField(help_text='What people call the firm.', max_length=200)),
                ('entity_kind', models.CharField(choices=[('company', 'Company'), ('one_person_company', 'One-person company'), ('individual', 'Individual')], default='company', max_length=20)),
                ('status', models.CharField(choices=[('unclaimed', 'Not on PartnerNet yet'), ('active', 'Active'), ('suspended', 'Suspended')], default='unclaimed', max_length=12)),
                ('country', models.CharField(default='US', help_text='ISO 3166, two letters.', max_length=2)),
                ('state', models.CharField(blank=True, default='', max_length=40)),
                ('street', models.CharField(blank=True, default='', max_length=200)),
                ('town', models.CharField(blank=True, default='', max_length=100)),
                ('postcode', models.CharField(blank=True, default='', max_length=12)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('timezone', models.CharField(default='America/New_York', max_length=64)),
                ('web_domain', models.CharField(blank=True, default='', max_length=253)),
                ('phone', models.CharField(blank=True, default='', max_length=40)),
                ('founded', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('head_count', models.PositiveIntegerField(blank=True, null=True)),
                ('holidays', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, size=None)),
                ('currency', models.CharField(default='USD', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$')])),
                ('created_at', models.DateTimeField()),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
                ('next_order_number', models.PositiveIntegerField(default=1001)),
                ('next_engagement_number', models.PositiveIntegerField(default=1)),
                ('next_invoice_number', models.PositiveIntegerField(default=1)),
                ('verified_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), _connector='OR'), name='firm_coordinates_are_a_pair'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by__isnull', True)), models.Q(('verified_at__isnull', False), ('verified_by__isnull', False)), _connector='OR'), name='firm_verified_at_goes_with_verified_by'), models.CheckConstraint(condition=models.Q(models.Q(('joined_at__isnull', True), ('status', 'unclaimed')), models.Q(models.Q(('status', 'unclaimed'), _negated=True), ('joined_at__isnull', False)), _connector='OR'), name='firm_has_joined_unless_unclaimed'), models.CheckConstraint(condition=models.Q(('status__in', ('unclaimed', 'active', 'suspended'))), name='firm_status_is_known'), models.UniqueConstraint(condition=models.Q(('status', 'unclaimed'), models.Q(('web_domain', ''), _negated=True)), fields=('web_domain',), name='firm_one_card_per_web_domain'), models.CheckConstraint(condition=models.Q(models.Q(('legal_name', ''), _negated=True), models.Q(('name', ''), _negated=True)), name='firm_has_its_names')],
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('name'), name='gin_trgm_ops'), name='firm_name_trgm'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('legal_name'), name='gin_trgm_ops'), name='firm_legal_name_trgm'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Upper('web_domain'), name='gin_trgm_ops'), name='firm_web_domain_trgm'), models.Index(fields=['latitude', 'longitude'], name='firm_coordinates'), models.Index(fields=['web_domain'], name='firm_web_domain'), models.Index(fields=['name', 'id'], name='firm_name')],
            },
        ),
        migrations.CreateModel(
            name='Certification',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('issuer', models.CharField(blank=True, default='', max_length=200)),
                ('number', models.CharField(blank=True, default='', max_length=100)),
                ('holder', models.CharField(blank=True, default='', max_length=150)),
                ('valid_until', models.DateField(blank=True, null=True)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certifications', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='certification_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='FirmEvent',
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
                ('by_user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='partners.firm')),
            ],
            options={
                'indexes': [models.Index(fields=['firm', '-occurred_at', '-id'], name='firm_event_history')],
            },
        ),
        migrations.CreateModel(
            name='FirmInvite',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('status', models.CharField(choices=[('draft', 'Not sent'), ('sent', 'Waiting for an answer'), ('claimed', 'Joined'), ('revoked', 'Taken back')], default='draft', max_length=8)),
                ('email', models.EmailField(max_length=254)),
                ('contact_name', models.CharField(blank=True, default='', max_length=150)),
                ('message', models.TextField(blank=True, default='')),
                ('agreement_id', models.UUIDField(blank=True, null=True)),
                ('offer_id', models.UUIDField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invited_by', to='partners.firm')),
                ('claimed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='firm_invites', to='partners.firm')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ('draft', 'sent'))), fields=('firm', 'card'), name='firm_invite_once_open_per_pair'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('status', 'draft')), ('status', 'revoked'), models.Q(('sent_at__isnull', False), ('status__in', ('sent', 'claimed'))), _connector='OR'), name='firm_invite_sent_at_goes_with_status'), models.CheckConstraint(condition=models.Q(models.Q(('claimed_at__isnull', False), ('claimed_by__isnull', False), ('status', 'claimed')), models.Q(models.Q(('status', 'claimed'), _negated=True), ('claimed_at__isnull', True), ('claimed_by__isnull', True)), _connector='OR'), name='firm_invite_claimed_at_goes_with_claimed_by'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False), ('status', 'revoked')), models.Q(models.Q(('status', 'revoked'), _negated=True), ('revoked_at__isnull', True), ('revoked_by__isnull', True)), _connector='OR'), name='firm_invite_revoked_at_goes_with_revoked_by'), models.CheckConstraint(condition=models.Q(('firm', models.F('card')), _negated=True), name='firm_invite_is_for_another_firm')],
                'indexes': [models.Index(django.db.models.functions.text.Lower('email'), name='firm_invite_email')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, default='', max_length=150)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('dispatcher', 'Dispatcher'), ('finance', 'Finance'), ('technician', 'Technician'), ('viewer', 'Viewer')], max_length=12)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='partners.firm')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(models.F('firm'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), name='invitation_once_open_per_firm_and_email'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='invitation_accepted_at_goes_with_accepted_by'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='invitation_revoked_at_goes_with_revoked_by'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True), _connector='OR'), name='invitation_ends_once'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='invitation_expires_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('dispatcher', 'Dispatcher'), ('finance', 'Finance'), ('technician', 'Technician'), ('viewer', 'Viewer')], max_length=12)),
                ('title', models.CharField(blank=True, default='', max_length=100)),
                ('approval_limit', models.DecimalField(blank=True, decimal_places=2, help_text="In the firm's currency; empty: no limit.", max_digits=12, null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('joined_at', models.DateTimeField()),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='partners.firm')),
                ('removed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'firm'), name='member_once_per_firm'), models.CheckConstraint(condition=models.Q(models.Q(('is_active', True), ('removed_at__isnull', True), ('removed_by__isnull', True)), models.Q(('is_active', False), ('removed_at__isnull', False), ('removed_by__isnull', False)), _connector='OR'), name='member_removed_at_goes_with_removed_by'), models.CheckConstraint(condition=models.Q(('role__in', ('owner', 'dispatcher', 'finance', 'technician', 'viewer'))), name='member_role_is_known'), models.CheckConstraint(condition=models.Q(('approval_limit__isnull', True), ('approval_limit__gte', 0), _connector='OR'), name='member_approval_limit_is_not_negative')],
                'indexes': [models.Index(fields=['firm', 'role'], name='member_firm_role')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('prefix', models.CharField(help_text='The first characters, to tell keys apart.', max_length=12)),
                ('key_hash', models.CharField(max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('created_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='partners.member')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key_hash',), name='api_key_hash_once'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='api_key_revoked_at_goes_with_revoked_by'), models.CheckConstraint(condition=models.Q(('scopes__contained_by', ['read', 'engagements', 'offers', 'billing', 'webhooks'])), name='api_key_scopes_are_known')],
            },
        ),
        migrations.CreateModel(
            name='Partnership',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('bench', models.BooleanField(default=False)),
                ('blocked', models.BooleanField(default=False)),
                ('known_since', models.PositiveSmallIntegerField(blank=True, help_text='A year.', null=True)),
                ('notes', models.TextField(blank=True, default='')),
                ('vetting_status', models.CharField(choices=[('none', 'Not vetted'), ('invited', 'Invited'), ('in_review', 'In review'), ('approved', 'Approved'), ('conditional', 'Approved with conditions'), ('suspended', 'Suspended'), ('rejected', 'Rejected')], default='none', max_length=12)),
                ('last_contact_on', models.DateField(blank=True, null=True)),
                ('next_touch_on', models.DateField(blank=True, null=True)),
                ('updated_at', models.DateTimeField()),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='noted_by', to='partners.firm')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='partnerships', to='partners.firm')),
                ('updated_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'other'), name='partnership_once_per_pair'), models.CheckConstraint(condition=models.Q(('owner', models.F('other')), _negated=True), name='partnership_is_with_another_firm'), models.CheckConstraint(condition=models.Q(('bench', True), ('blocked', True), _negated=True), name='partnership_bench_or_blocked')],
            },
        ),
        migrations.CreateModel(
            name='PaymentExperience',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('invoice_id', models.UUIDField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(max_length=3)),
                ('issued_on', models.DateField(blank=True, null=True)),
                ('due_on', models.DateField()),
                ('paid_on', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_experiences', to='partners.firm')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('invoice_id',), name='payment_experience_once_per_invoice'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_experience_amount_is_positive'), models.CheckConstraint(condition=models.Q(('payer', models.F('payee')), _negated=True), name='payment_experience_between_two_firms'), models.CheckConstraint(condition=models.Q(('issued_on__isnull', True), ('issued_on__lte', models.F('due_on')), _connector='OR'), name='payment_experience_issued_before_due')],
                'indexes': [models.Index(fields=['payer', 'due_on'], name='payment_experience_payer_due')],
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('about', models.TextField(blank=True, default='')),
                ('works_remotely', models.BooleanField(default=False)),
                ('response_hours', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('hourly_rate', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True)),
                ('minimum_hours', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5)),
                ('trip_charge', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=12)),
                ('after_hours_factor', models.DecimalField(decimal_places=2, default=Decimal('1'), max_digits=4)),
                ('minimum_order', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=12)),
                ('firm', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='profile', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('hourly_rate__isnull', True), ('hourly_rate__gte', 0), _connector='OR'), ('minimum_hours__gte', 0), ('minimum_order__gte', 0), ('trip_charge__gte', 0)), name='profile_prices_are_not_negative'), models.CheckConstraint(condition=models.Q(('after_hours_factor__gte', 1)), name='profile_after_hours_factor_at_least_1')],
            },
        ),
        migrations.CreateModel(
            name='ScoreEvent',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('dimension', models.CharField(choices=[('trust', 'Trust'), ('as_sub', 'Doing the work'), ('as_prime', 'Giving the work'), ('credit', 'Pays on time')], max_length=10)),
                ('kind', models.CharField(choices=[('on_time_start', 'Started on time'), ('deadline_met', 'Met the deadline'), ('approved_first_time', 'Approved at the first submission'), ('backed_out_early', 'Backed out early'), ('backed_out_late', 'Backed out late'), ('no_show', 'Did not come and did not call'), ('approved_promptly', 'Approved within 3 business days'), ('cancelled_late', 'Cancelled inside 24 hours'), ('approved_by_silence', 'Let the work be approved by silence'), ('rating', 'Rated by the other firm'), ('approach_reported', 'Reported in time that a client asked for more'), ('release_honoured', 'Honoured a release'), ('claim', 'Claim admitted or upheld')], max_length=30)),
                ('value', models.DecimalField(decimal_places=4, help_text='0 to 1.', max_digits=5)),
                ('occurred_on', models.DateField()),
                ('subject_id', models.UUIDField(blank=True, help_text='The work order or document it comes from.', null=True)),
                ('fault', models.CharField(blank=True, default='', help_text='Set when the cause lay elsewhere.', max_length=200)),
                ('recorded_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('counterparty', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.firm')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='score_events', to='partners.firm')),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='partners.scoreevent')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('value__range', (0, 1))), name='score_event_value_0_to_1'), models.CheckConstraint(condition=models.Q(('firm', models.F('counterparty')), _negated=True), name='score_event_counterparty_is_another'), models.UniqueConstraint(condition=models.Q(('supersedes__isnull', True)), fields=('firm', 'kind', 'subject_id'), name='score_event_once_per_subject')],
                'indexes': [models.Index(fields=['firm', 'occurred_on'], name='score_event_firm_day')],
            },
        ),
        migrations.CreateModel(
            name='ScoreExclusion',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('granted', models.BooleanField(blank=True, null=True)),
                ('answer', models.TextField(blank=True, default='')),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('event', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exclusion', to='partners.scoreevent')),
                ('payment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exclusion', to='partners.paymentexperience')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('event__isnull', True), ('payment__isnull', False)), models.Q(('event__isnull', False), ('payment__isnull', True)), _connector='OR'), name='score_exclusion_of_one_thing'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('granted__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('granted__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='score_exclusion_decided_at_goes_with_decided_by'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='score_exclusion_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='ScoreSnapshot',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('on', models.DateField()),
                ('figures', models.JSONField()),
                ('published_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('on',), name='score_snapshot_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='FirmScore',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('dimension', models.CharField(choices=[('trust', 'Trust'), ('as_sub', 'Doing the work'), ('as_prime', 'Giving the work'), ('credit', 'Pays on time')], max_length=10)),
                ('points', models.FloatField()),
                ('low', models.FloatField()),
                ('high', models.FloatField()),
                ('rank', models.FloatField()),
                ('events', models.PositiveIntegerField()),
                ('counterparties', models.PositiveIntegerField()),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='partners.firm')),
                ('snapshot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.scoresnapshot')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('firm', 'dimension'), name='firm_score_once_per_dimension'), models.CheckConstraint(condition=models.Q(('high__range', (0, 100)), ('low__range', (0, 100)), ('points__range', (0, 100)), ('rank__range', (0, 100))), name='firm_score_0_to_100')],
                'indexes': [models.Index(fields=['dimension', '-rank', 'firm'], name='firm_score_rank')],
            },
        ),
        migrations.CreateModel(
            name='ServiceArea',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('postcode', models.CharField(max_length=12)),
                ('town', models.CharField(blank=True, default='', max_length=100)),
                ('radius_miles', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('latitude', models.FloatField()),
                ('longitude', models.FloatField()),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='partners.profile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('profile', 'postcode'), name='service_area_once_per_postcode'), models.CheckConstraint(condition=models.Q(('radius_miles__range', (1, 500))), name='service_area_1_to_500_miles'), models.CheckConstraint(condition=models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), name='service_area_coordinates_on_earth')],
            },
        ),
        migrations.CreateModel(
            name='Skill',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('slug', models.SlugField(max_length=60)),
                ('name', models.CharField(max_length=100)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('slug',), name='skill_slug_once')],
            },
        ),
        migrations.CreateModel(
            name='ProfileSkill',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Has done it'), (2, 'Does it often'), (3, 'Expert')], default=2)),
                ('proof', models.CharField(blank=True, default='', max_length=200)),
                ('profile', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skill_levels', to='partners.profile')),
                ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.skill')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('profile', 'skill'), name='profile_skill_once'), models.CheckConstraint(condition=models.Q(('level__range', (1, 3))), name='profile_skill_level_1_to_3')],
                'indexes': [models.Index(fields=['skill', 'profile'], name='profile_skill_by_skill')],
            },
        ),
        migrations.AddField(
            model_name='profile',
            name='skills',
            field=models.ManyToManyField(through='partners.ProfileSkill', to='partners.skill'),
        ),
        migrations.CreateModel(
            name='Capacity',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('hours_per_week', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(10000)])),
                ('stated_on', models.DateField()),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='capacities', to='partners.firm')),
                ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.skill')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('firm', 'skill'), name='capacity_once_per_skill', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('hours_per_week__lte', 10000)), name='capacity_at_most_10000_hours')],
            },
        ),
    ]
