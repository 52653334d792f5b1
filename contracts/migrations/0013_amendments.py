"""An agreement says of which kind it is, and an amendment which signed agreement of the same two firms it changes."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

STANDS = """
CREATE OR REPLACE FUNCTION contracts_signed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.ends_at > OLD.ends_at OR
        (NEW.status, NEW.proposer_id, NEW.other_id, NEW.template_version_id, NEW.current_revision_id, NEW.content_sha256,
         NEW.effective_at, NEW.verify_code, NEW.protects_clients, NEW.protects_people, NEW.client_tail_months{more_new})
        IS DISTINCT FROM
        (OLD.status, OLD.proposer_id, OLD.other_id, OLD.template_version_id, OLD.current_revision_id, OLD.content_sha256,
         OLD.effective_at, OLD.verify_code, OLD.protects_clients, OLD.protects_people, OLD.client_tail_months{more_old}) THEN
        RAISE EXCEPTION 'a signed agreement keeps its terms; it can only end sooner'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
WITH_KIND = STANDS.replace("{more_new}", ", NEW.kind, NEW.amends_id").replace("{more_old}", ", OLD.kind, OLD.amends_id")
WITHOUT = STANDS.replace("{more_new}", "").replace("{more_old}", "")

OF_THE_SAME_TWO = """
CREATE FUNCTION contracts_amends_its_own() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM contracts_agreement a
        WHERE a.id = NEW.amends_id AND a.status = 'signed' AND a.amends_id IS NULL
            AND (LEAST(a.proposer_id, a.other_id), GREATEST(a.proposer_id, a.other_id))
                = (LEAST(NEW.proposer_id, NEW.other_id), GREATEST(NEW.proposer_id, NEW.other_id))
    ) THEN
        RAISE EXCEPTION 'an amendment changes a signed agreement of the same two firms'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER amends_its_own BEFORE INSERT OR UPDATE OF amends_id, proposer_id, other_id ON contracts_agreement
    FOR EACH ROW WHEN (NEW.amends_id IS NOT NULL) EXECUTE FUNCTION contracts_amends_its_own();
"""
OF_ANY = """
DROP TRIGGER amends_its_own ON contracts_agreement;
DROP FUNCTION contracts_amends_its_own();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0012_drawn_signatures'),
        ('partners', '0012_claims_partly_upheld'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='agreement',
            name='agreement_one_under_way',
        ),
        migrations.AddField(
            model_name='agreement',
            name='amends',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='contracts.agreement'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='kind',
            field=models.CharField(choices=[('master_subcontract', 'Subcontract agreement'), ('nda', 'Confidentiality agreement'), ('amendment', 'Amendment')], default='master_subcontract', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Least('proposer', 'other'), django.db.models.functions.comparison.Greatest('proposer', 'other'), models.F('kind'), condition=models.Q(('status__in', ['proposed', 'negotiating', 'agreed', 'partially_signed']), models.Q(('kind', 'amendment'), _negated=True)), name='agreement_one_under_way'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['master_subcontract', 'nda', 'amendment'])), name='agreement_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amends__isnull', False), ('kind', 'amendment')), models.Q(models.Q(('kind', 'amendment'), _negated=True), ('amends', None)), _connector='OR'), name='agreement_amendment_names_what_it_changes'),
        ),
        migrations.RunSQL(WITH_KIND, WITHOUT),
        migrations.RunSQL(OF_THE_SAME_TWO, OF_ANY),
    ]
