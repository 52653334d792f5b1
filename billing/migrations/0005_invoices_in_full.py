"""An invoice has lines that can be contested, credited and revised; a payment can be denied."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import partnernet.core.ids
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0004_ended_early'),
        ('engagements', '0009_swaps'),
        ('partners', '0006_replies'),
    ]

    operations = [
        migrations.CreateModel(
            name='InvoiceLine',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('what', models.CharField(max_length=200)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('approved', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('credited', models.DecimalField(decimal_places=2, default=0, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('held', models.DecimalField(decimal_places=2, default=0, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('submitted_on', models.DateField()),
                ('contest_by', models.DateField()),
                ('due_on', models.DateField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.invoice')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('invoice', 'position'), name='invoice_line_position_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('credited__gte', 0), ('held__gte', 0)), name='invoice_line_amounts_not_negative'), models.CheckConstraint(condition=models.Q(('amount__lte', models.F('approved'))), name='invoice_line_within_approved_work'), models.CheckConstraint(condition=models.Q(('amount__gte', django.db.models.expressions.CombinedExpression(models.F('credited'), '+', models.F('held')))), name='invoice_line_holds_what_is_taken')],
            },
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('revision', 'Asked to revise'), ('dispute', 'Disputed')], max_length=8)),
                ('raised_at', models.DateTimeField()),
                ('talk_by', models.DateTimeField(blank=True, null=True)),
                ('mediator', models.CharField(blank=True, max_length=200)),
                ('mediator_agreed_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('revised', 'Sent again'), ('withdrawn', 'Withdrawn'), ('credited', 'Credited'), ('voided', 'Given up')], max_length=9)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='billing.invoice')),
                ('mediator_agreed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('mediator_named_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None), ('kind', 'dispute')), fields=['talk_by'], name='objection_to_talk')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('invoice',), name='objection_one_standing_per_invoice'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='objection_ended_has_an_outcome'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'dispute'), ('talk_by__isnull', False)), models.Q(('kind', 'revision'), ('talk_by', None)), _connector='OR'), name='objection_dispute_has_its_term'), models.CheckConstraint(condition=models.Q(models.Q(('mediator', ''), ('mediator_agreed_by', None), ('mediator_named_by', None)), models.Q(models.Q(('mediator', ''), _negated=True), ('mediator_named_by__isnull', False)), _connector='OR'), name='objection_mediator_named_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('mediator_agreed_at', None), ('mediator_agreed_by', None)), models.Q(('mediator_agreed_at__isnull', False), ('mediator_agreed_by__isnull', False)), _connector='OR'), name='objection_mediator_agreed_at_goes_with_agreed_by')],
            },
        ),
        migrations.CreateModel(
            name='ObjectionLine',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('reason', models.CharField(max_length=500)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='billing.invoiceline')),
                ('objection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.objection')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('objection', 'line'), name='objection_line_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='objection_line_has_an_amount'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='objection_line_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='CreditNote',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField()),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('reason', models.CharField(max_length=1000)),
                ('issued_on', models.DateField()),
                ('issued_at', models.DateTimeField()),
                ('invoice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='billing.invoice')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member')),
                ('sub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credit_notes', to='partners.firm')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sub', 'number'), name='credit_note_number_per_sub'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='credit_note_has_an_amount'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='credit_note_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='CreditNoteLine',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('credit_note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='billing.creditnote')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='billing.invoiceline')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('credit_note', 'line'), name='credit_note_line_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='credit_note_line_has_an_amount')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='invoice',
            name='invoice_status_known',
        ),
        migrations.AddField(
            model_name='payment',
            name='denied_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='payment',
            name='denied_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.member'),
        ),
        migrations.AlterField(
            model_name='invoice',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for approval'), ('revise', 'To be revised'), ('disputed', 'Disputed'), ('approved', 'To be paid'), ('paid', 'Paid'), ('void', 'Void')], default='approved', max_length=9),
        ),
        migrations.AddConstraint(
            model_name='invoice',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'submitted', 'revise', 'disputed', 'approved', 'paid', 'void'])), name='invoice_status_known'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('denied_at', None), ('denied_by', None)), models.Q(('confirmed_at', None), ('denied_at__isnull', False), ('denied_by__isnull', False)), _connector='OR'), name='payment_denied_at_goes_with_denied_by'),
        ),
    ]
