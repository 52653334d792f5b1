from django.db import migrations

FORWARD = """
CREATE FUNCTION partners_rating_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    known partners_rating;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT * INTO known FROM partners_rating WHERE id = NEW.supersedes_id;
        IF (known.round_id, known.firm_id) <> (NEW.round_id, NEW.firm_id) OR NEW.value <= known.value THEN
            RAISE EXCEPTION 'a rating is raised by the same firm, never lowered' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (SELECT status FROM partners_ratinground WHERE id = OLD.round_id) <> 'open' THEN
        RAISE EXCEPTION 'a rating that both firms can see is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER rating_is_never_lowered BEFORE INSERT ON partners_rating
    FOR EACH ROW WHEN (NEW.supersedes_id IS NOT NULL) EXECUTE FUNCTION partners_rating_stands();
CREATE TRIGGER rating_stands_once_shown BEFORE UPDATE OR DELETE ON partners_rating
    FOR EACH ROW EXECUTE FUNCTION partners_rating_stands();
"""
BACKWARD = """
DROP TRIGGER rating_stands_once_shown ON partners_rating;
DROP TRIGGER rating_is_never_lowered ON partners_rating;
DROP FUNCTION partners_rating_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_ratings")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
