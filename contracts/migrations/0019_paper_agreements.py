"""Agreements on paper: a status of their own, and the signed original as it was handed in."""

import django.db.models.deletion
import partnernet.core.ids
from django.conf import settings
from django.db import migrations, models

STANDS = """
CREATE FUNCTION contracts_paper_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.status = 'paper_withdrawn' AND NEW.status <> OLD.status OR
        (NEW.kind, NEW.proposer_id, NEW.template_version_id, NEW.current_revision_id, NEW.content_sha256, NEW.effective_at,
         NEW.ends_at, NEW.verify_code, NEW.protects_clients, NEW.protects_people, NEW.client_tail_months)
        IS DISTINCT FROM
        (OLD.kind, OLD.proposer_id, OLD.template_version_id, OLD.current_revision_id, OLD.content_sha256, OLD.effective_at,
         OLD.ends_at, OLD.verify_code, OLD.protects_clients, OLD.protects_people, OLD.client_tail_months) THEN
        RAISE EXCEPTION 'what was stated of a paper stands as it was stated' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_stands BEFORE UPDATE OR DELETE ON contracts_agreement
    FOR EACH ROW WHEN (OLD.kind = 'paper') EXECUTE FUNCTION contracts_paper_stands();

CREATE FUNCTION contracts_original_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR
        (NEW.id, NEW.agreement_id, NEW.signed_on, NEW.ends_on, NEW.file, NEW.file_name, NEW.content_type, NEW.size, NEW.sha256,
         NEW.held_by_id, NEW.stated_at)
        IS DISTINCT FROM
        (OLD.id, OLD.agreement_id, OLD.signed_on, OLD.ends_on, OLD.file, OLD.file_name, OLD.content_type, OLD.size, OLD.sha256,
         OLD.held_by_id, OLD.stated_at) THEN
        RAISE EXCEPTION 'a signed original is kept as it was handed in' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER original_stands BEFORE UPDATE OR DELETE ON contracts_paperoriginal
    FOR EACH ROW EXECUTE FUNCTION contracts_original_stands();
"""
FALLS = """
DROP TRIGGER original_stands ON contracts_paperoriginal;
DROP FUNCTION contracts_original_stands();
DROP TRIGGER paper_stands ON contracts_agreement;
DROP FUNCTION contracts_paper_stands();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0018_affiliates_and_notices'),
        ('partners', '0012_claims_partly_upheld'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PaperOriginal',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('signed_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('file', models.FileField(upload_to='agreements-on-paper/%Y/%m/')),
                ('file_name', models.CharField(max_length=120)),
                ('content_type', models.CharField(max_length=60)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stated_at', models.DateTimeField()),
                ('affirmed_at', models.DateTimeField()),
                ('ask_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('objection', models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_signed_has_its_time',
        ),
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='agreementtemplate',
            name='template_kind_known',
        ),
        migrations.AlterField(
            model_name='agreement',
            name='kind',
            field=models.CharField(choices=[('master_subcontract', 'Subcontract agreement'), ('nda', 'Confidentiality agreement'), ('amendment', 'Amendment'), ('paper', 'Agreement on paper')], default='master_subcontract', max_length=20),
        ),
        migrations.AlterField(
            model_name='agreement',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft'), ('proposed', 'Proposed'), ('negotiating', 'In talks'), ('agreed', 'Terms agreed'), ('partially_signed', 'Signed by one'), ('signed', 'Signed'), ('declined', 'Declined'), ('voided', 'Voided'), ('lapsed', 'Lapsed'), ('on_paper', 'On paper, stated by one firm'), ('paper_confirmed', 'On paper, confirmed by both'), ('paper_disputed', 'On paper, disputed'), ('paper_withdrawn', 'On paper, withdrawn')], default='draft', max_length=16),
        ),
        migrations.AlterField(
            model_name='agreementtemplate',
            name='kind',
            field=models.CharField(choices=[('master_subcontract', 'Subcontract agreement'), ('nda', 'Confidentiality agreement'), ('amendment', 'Amendment'), ('paper', 'Agreement on paper')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'proposed', 'negotiating', 'agreed', 'partially_signed', 'signed', 'declined', 'voided', 'lapsed', 'on_paper', 'paper_confirmed', 'paper_disputed', 'paper_withdrawn'])), name='agreement_status_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['master_subcontract', 'nda', 'amendment', 'paper'])), name='agreement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'paper'), ('status__in', ('on_paper', 'paper_confirmed', 'paper_disputed', 'paper_withdrawn'))), models.Q(models.Q(('kind', 'paper'), _negated=True), models.Q(('status__in', ('on_paper', 'paper_confirmed', 'paper_disputed', 'paper_withdrawn')), _negated=True)), _connector='OR'), name='agreement_on_paper_is_never_signed_here'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', False), ('ends_at__gt', models.F('effective_at')), ('status__in', ['signed', 'on_paper', 'paper_confirmed', 'paper_disputed', 'paper_withdrawn'])), models.Q(models.Q(('status__in', ['signed', 'on_paper', 'paper_confirmed', 'paper_disputed', 'paper_withdrawn']), _negated=True), ('effective_at', None), ('ends_at', None)), _connector='OR'), name='agreement_signed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='agreementtemplate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['master_subcontract', 'nda', 'amendment', 'paper'])), name='template_kind_known'),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='agreement',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='paper', to='contracts.agreement'),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paperoriginal',
            name='held_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='paperoriginal',
            index=models.Index(condition=models.Q(('answer_by', None)), fields=['ask_at'], name='paper_to_ask'),
        ),
        migrations.AddConstraint(
            model_name='paperoriginal',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$'), ('size__gt', 0)), name='paper_file_with_its_hash'),
        ),
        migrations.AddConstraint(
            model_name='paperoriginal',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('signed_on'))), name='paper_ends_after_it_was_signed'),
        ),
        migrations.AddConstraint(
            model_name='paperoriginal',
            constraint=models.CheckConstraint(condition=models.Q(('affirmed_at__gte', models.F('stated_at')), ('ask_at__gt', models.F('affirmed_at'))), name='paper_is_asked_about_later'),
        ),
        migrations.AddConstraint(
            model_name='paperoriginal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('answered_by', None), ('objection', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='paper_answer_whole'),
        ),
        migrations.RunSQL(STANDS, FALLS),
    ]
