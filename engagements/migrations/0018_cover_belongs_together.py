"""What stands under cover belongs together, and what was handed in stays as it was: promises no constraint reaches."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION engagements_call_off_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM engagements_workorder o JOIN clients_client c ON c.firm_id = o.prime_id
    WHERE o.id = NEW.work_order_id AND c.id = NEW.client_id AND o.schedule_kind = 'cover'
      AND (NEW.site_id IS NULL OR EXISTS (SELECT 1 FROM clients_site s WHERE s.id = NEW.site_id AND s.client_id = c.id))
  ) THEN
    RAISE EXCEPTION 'call_off_belongs_to_the_cover_and_its_client' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER call_off_belongs BEFORE INSERT OR UPDATE OF work_order_id, client_id, site_id
ON engagements_calloff FOR EACH ROW EXECUTE FUNCTION engagements_call_off_belongs();

CREATE FUNCTION engagements_time_entry_belongs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM engagements_workorder WHERE id = NEW.work_order_id AND schedule_kind = 'cover')
    OR (NEW.call_off_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM engagements_calloff WHERE id = NEW.call_off_id AND work_order_id = NEW.work_order_id))
    OR (NEW.submission_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM engagements_submission WHERE id = NEW.submission_id AND work_order_id = NEW.work_order_id))
  THEN
    RAISE EXCEPTION 'time_entry_belongs_to_its_cover' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER time_entry_belongs BEFORE INSERT OR UPDATE OF work_order_id, call_off_id, submission_id
ON engagements_timeentry FOR EACH ROW EXECUTE FUNCTION engagements_time_entry_belongs();

CREATE FUNCTION engagements_time_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'time_entry_stays_as_it_was_logged' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER time_entry_stays BEFORE DELETE OR UPDATE OF
  person_id, worked_on, minutes, starts_at, ends_at, work_order_id, call_off_id, logged_by_id, logged_at
ON engagements_timeentry FOR EACH ROW EXECUTE FUNCTION engagements_time_entry_stays();
"""

BACKWARD = """
DROP TRIGGER time_entry_stays ON engagements_timeentry;
DROP FUNCTION engagements_time_entry_stays();
DROP TRIGGER time_entry_belongs ON engagements_timeentry;
DROP FUNCTION engagements_time_entry_belongs();
DROP TRIGGER call_off_belongs ON engagements_calloff;
DROP FUNCTION engagements_call_off_belongs();
"""


class Migration(migrations.Migration):
    dependencies = [("engagements", "0017_cover")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
