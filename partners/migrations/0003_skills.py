from django.db import migrations

SKILLS = {
    "desktop-support": "Desktop support",
    "patching": "Patching and updates",
    "imaging": "Imaging and deployment",
    "laptop-refresh": "Computer replacement",
    "printers": "Printers and scanners",
    "cabling": "Structured cabling",
    "networking": "Network installation",
    "wireless": "Wi-Fi surveys and installation",
    "firewalls": "Firewalls and VPN",
    "racks": "Racks and server rooms",
    "windows-server": "Windows Server",
    "linux": "Linux",
    "macos": "Mac",
    "virtualization": "Virtualization",
    "storage-backup": "Storage and backup",
    "microsoft-365": "Microsoft 365",
    "exchange": "Exchange and mail migration",
    "azure": "Azure",
    "aws": "AWS",
    "security-assessment": "Security assessment",
    "incident-response": "Incident response",
    "voip": "Telephony",
    "cameras": "Cameras and access control",
    "point-of-sale": "Point of sale",
    "databases": "Databases",
    "project-management": "Project management",
    "training": "User training",
    "help-desk": "Help desk cover",
}


def add_skills(apps, schema_editor):
    import uuid_utils.compat

    skill = apps.get_model("partners", "Skill")
    skill.objects.bulk_create(
        skill(id=uuid_utils.compat.uuid7(), slug=slug, name=name) for slug, name in SKILLS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_append_only")]

    operations = [migrations.RunPython(add_skills, migrations.RunPython.noop)]
