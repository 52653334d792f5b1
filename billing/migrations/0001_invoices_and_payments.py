import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import partnernet.core.ids
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '__first__'),
        ('engagements', '0003_visits_and_submissions'),
        ('partners', '0003_skills'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invoice',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('currency', models.CharField(default='USD', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$')])),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('status', models.CharField(choices=[('approved', 'To be paid'), ('paid', 'Paid'), ('void', 'Void')], default='approved', max_length=8)),
                ('issued_on', models.DateField()),
                ('due_on', models.DateField()),
                ('paid_on', models.DateField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('prime', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices_received', to='partners.firm')),
                ('sub', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices_issued', to='partners.firm')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='engagements.submission')),
                ('work_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invoices', to='engagements.workorder')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['approved', 'paid', 'void'])), name='invoice_status_known'), models.UniqueConstraint(fields=('sub', 'number'), name='invoice_number_per_sub'), models.UniqueConstraint(condition=models.Q(('status', 'void'), _negated=True), fields=('submission',), name='invoice_one_for_a_submission'), models.CheckConstraint(condition=models.Q(('sub', models.F('prime')), _negated=True), name='invoice_between_two_firms'), models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('issued_on'))), name='invoice_due_after_issue'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'paid'), ('paid_on__isnull', False)), models.Q(models.Q(('status', 'paid'), _negated=True), ('paid_on', None)), _connector='OR'), name='invoice_paid_has_its_day')],
                'indexes': [models.Index(condition=models.Q(('status', 'approved')), fields=['prime', 'due_on', 'id'], name='invoice_to_pay'), models.Index(condition=models.Q(('status', 'approved')), fields=['sub', 'due_on', 'id'], name='invoice_to_receive'), models.Index(fields=['prime', '-issued_on', '-id'], name='invoice_received_newest'), models.Index(fields=['sub', '-issued_on', '-id'], name='invoice_issued_newest'), models.Index(condition=models.Q(('status', 'approved')), fields=['due_on'], name='invoice_due')],
            },
        ),
        migrations.CreateModel(
            name='InvoiceEvent',
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
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='billing.invoice')),
            ],
            options={
                'indexes': [models.Index(fields=['invoice', 'occurred_at', 'id'], name='invoice_history')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(default='USD', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$')])),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('paid_on', models.DateField()),
                ('reference', models.CharField(blank=True, max_length=100)),
                ('announced_at', models.DateTimeField()),
                ('silence_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('by_silence', models.BooleanField(default=False)),
                ('announced_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('payee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments_got', to='partners.firm')),
                ('payer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments_made', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_has_an_amount'), models.CheckConstraint(condition=models.Q(('payer', models.F('payee')), _negated=True), name='payment_between_two_firms'), models.CheckConstraint(condition=models.Q(models.Q(('by_silence', False), ('confirmed_at', None), ('confirmed_by', None)), models.Q(('by_silence', False), ('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), models.Q(('by_silence', True), ('confirmed_at__isnull', False), ('confirmed_by', None)), _connector='OR'), name='payment_confirmed_by_somebody_or_silence')],
                'indexes': [models.Index(condition=models.Q(('confirmed_at', None)), fields=['silence_at'], name='payment_silence_due')],
            },
        ),
        migrations.CreateModel(
            name='PaymentAllocation',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.invoice')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='billing.payment')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_allocation_has_an_amount'), models.UniqueConstraint(fields=('payment', 'invoice'), name='payment_allocation_once')],
            },
        ),
    ]
