"""What must be true of agreements whoever writes: bound signatures, unchanging rows, an unbroken chain."""

from django.db import migrations

BOUND = """
ALTER TABLE contracts_signature ADD CONSTRAINT signature_on_a_text_of_its_agreement
    FOREIGN KEY (agreement_id, revision_id, content_sha256)
    REFERENCES contracts_agreementrevision (agreement_id, id, content_sha256) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE contracts_agreement ADD CONSTRAINT agreement_on_a_text_of_its_own
    FOREIGN KEY (id, current_revision_id, content_sha256)
    REFERENCES contracts_agreementrevision (agreement_id, id, content_sha256) DEFERRABLE INITIALLY DEFERRED;
"""
UNBOUND = """
ALTER TABLE contracts_signature DROP CONSTRAINT signature_on_a_text_of_its_agreement;
ALTER TABLE contracts_agreement DROP CONSTRAINT agreement_on_a_text_of_its_own;
"""

# Row triggers only: TRUNCATE, which tests use, is taken away by privilege in production.
UNCHANGING = """
CREATE FUNCTION contracts_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON contracts_agreementevent
    FOR EACH ROW EXECUTE FUNCTION contracts_never_changes();
CREATE TRIGGER signature_never_changes BEFORE UPDATE OR DELETE ON contracts_signature
    FOR EACH ROW EXECUTE FUNCTION contracts_never_changes();
CREATE TRIGGER revision_never_changes BEFORE UPDATE OR DELETE ON contracts_agreementrevision
    FOR EACH ROW EXECUTE FUNCTION contracts_never_changes();
"""
CHANGING = """
DROP TRIGGER event_never_changes ON contracts_agreementevent;
DROP TRIGGER signature_never_changes ON contracts_signature;
DROP TRIGGER revision_never_changes ON contracts_agreementrevision;
DROP FUNCTION contracts_never_changes();
"""

PUBLISHED = """
CREATE FUNCTION contracts_published_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' OR NEW.published_at IS NULL OR
        (NEW.id, NEW.template_id, NEW.label, NEW.text_sha256, NEW.published_at, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.template_id, OLD.label, OLD.text_sha256, OLD.published_at, OLD.created_at) THEN
        RAISE EXCEPTION 'a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_version_stands BEFORE UPDATE OR DELETE ON contracts_templateversion
    FOR EACH ROW EXECUTE FUNCTION contracts_published_version_stands();

CREATE FUNCTION contracts_published_text_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched uuid[] := ARRAY[]::uuid[];
BEGIN
    IF TG_OP <> 'INSERT' THEN touched := touched || OLD.version_id; END IF;
    IF TG_OP <> 'DELETE' THEN touched := touched || NEW.version_id; END IF;
    IF EXISTS (SELECT 1 FROM contracts_templateversion WHERE id = ANY (touched) AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the text of a published version never changes' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_clause_stands BEFORE INSERT OR UPDATE OR DELETE ON contracts_clauseversion
    FOR EACH ROW EXECUTE FUNCTION contracts_published_text_stands();
CREATE TRIGGER published_variable_stands BEFORE INSERT OR UPDATE OR DELETE ON contracts_variabledefinition
    FOR EACH ROW EXECUTE FUNCTION contracts_published_text_stands();
"""
UNPUBLISHED = """
DROP TRIGGER published_variable_stands ON contracts_variabledefinition;
DROP TRIGGER published_clause_stands ON contracts_clauseversion;
DROP FUNCTION contracts_published_text_stands();
DROP TRIGGER published_version_stands ON contracts_templateversion;
DROP FUNCTION contracts_published_version_stands();
"""

SIGNED = """
CREATE FUNCTION contracts_signed_by_both() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sides integer;
    people integer;
BEGIN
    SELECT count(DISTINCT s.side), count(DISTINCT s.user_id) INTO sides, people
    FROM contracts_signature s
    JOIN contracts_agreement a ON a.id = s.agreement_id
    WHERE a.id = NEW.id AND a.status = 'signed'
        AND s.revision_id = a.current_revision_id AND s.content_sha256 = a.content_sha256
        AND s.firm_id = CASE s.side WHEN 'proposer' THEN a.proposer_id ELSE a.other_id END;
    IF EXISTS (SELECT 1 FROM contracts_agreement WHERE id = NEW.id AND status = 'signed') AND (sides < 2 OR people < 2) THEN
        RAISE EXCEPTION 'a signed agreement has two signatures of two people on its text'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER signed_by_both AFTER INSERT OR UPDATE ON contracts_agreement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'signed')
    EXECUTE FUNCTION contracts_signed_by_both();

CREATE FUNCTION contracts_signed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.ends_at > OLD.ends_at OR
        (NEW.status, NEW.proposer_id, NEW.other_id, NEW.template_version_id, NEW.current_revision_id, NEW.content_sha256,
         NEW.effective_at, NEW.verify_code, NEW.protects_clients, NEW.protects_people, NEW.client_tail_months)
        IS DISTINCT FROM
        (OLD.status, OLD.proposer_id, OLD.other_id, OLD.template_version_id, OLD.current_revision_id, OLD.content_sha256,
         OLD.effective_at, OLD.verify_code, OLD.protects_clients, OLD.protects_people, OLD.client_tail_months) THEN
        RAISE EXCEPTION 'a signed agreement keeps its terms; it can only end sooner'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signed_stands BEFORE UPDATE OR DELETE ON contracts_agreement
    FOR EACH ROW WHEN (OLD.status = 'signed') EXECUTE FUNCTION contracts_signed_stands();
"""
UNSIGNED = """
DROP TRIGGER signed_stands ON contracts_agreement;
DROP FUNCTION contracts_signed_stands();
DROP TRIGGER signed_by_both ON contracts_agreement;
DROP FUNCTION contracts_signed_by_both();
"""

CHAINED = """
CREATE FUNCTION contracts_event_continues() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before text;
BEGIN
    IF NEW.sequence = 1 THEN
        before := repeat('0', 64);
    ELSE
        SELECT hash INTO before FROM contracts_agreementevent
        WHERE agreement_id = NEW.agreement_id AND sequence = NEW.sequence - 1;
    END IF;
    IF before IS DISTINCT FROM NEW.previous_hash
        OR NEW.hash <> encode(sha256(convert_to(NEW.previous_hash || NEW.text, 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'an event continues the chain of its agreement' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER event_continues BEFORE INSERT ON contracts_agreementevent
    FOR EACH ROW EXECUTE FUNCTION contracts_event_continues();
"""
UNCHAINED = """
DROP TRIGGER event_continues ON contracts_agreementevent;
DROP FUNCTION contracts_event_continues();
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_agreements")]

    operations = [
        migrations.RunSQL(BOUND, UNBOUND),
        migrations.RunSQL(UNCHANGING, CHANGING),
        migrations.RunSQL(PUBLISHED, UNPUBLISHED),
        migrations.RunSQL(SIGNED, UNSIGNED),
        migrations.RunSQL(CHAINED, UNCHAINED),
    ]
