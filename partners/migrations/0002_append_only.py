from django.db import migrations

FORWARD = """
CREATE FUNCTION partners_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER score_event_is_append_only BEFORE UPDATE OR DELETE ON partners_scoreevent
    FOR EACH ROW EXECUTE FUNCTION partners_refuse_change();
CREATE TRIGGER firm_event_is_append_only BEFORE UPDATE OR DELETE ON partners_firmevent
    FOR EACH ROW EXECUTE FUNCTION partners_refuse_change();
"""
BACKWARD = """
DROP TRIGGER firm_event_is_append_only ON partners_firmevent;
DROP TRIGGER score_event_is_append_only ON partners_scoreevent;
DROP FUNCTION partners_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_firms_people_and_evidence")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
