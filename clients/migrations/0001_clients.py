import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import partnernet.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '__first__'),
        ('partners', '0003_skills'),
    ]

    operations = [
        migrations.CreateModel(
            name='ClientImport',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('file_name', models.CharField(max_length=200)),
                ('headings', models.JSONField()),
                ('rows', models.JSONField()),
                ('mapping', models.JSONField(default=dict)),
                ('clients_added', models.PositiveIntegerField(default=0)),
                ('sites_added', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('imported_at', models.DateTimeField(blank=True, null=True)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by_user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='client_imports', to='partners.firm')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('undone_at', None), ('imported_at__lte', models.F('undone_at')), _connector='OR'), name='import_undone_after_import')],
                'indexes': [models.Index(fields=['firm', '-created_at'], name='import_of_firm')],
            },
        ),
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None)),
                ('industry', models.CharField(blank=True, max_length=100)),
                ('industry_duties', models.TextField(blank=True)),
                ('price_basis', models.CharField(choices=[('priced', 'Priced job by job'), ('monthly_plan', 'In a monthly plan'), ('absorbed', 'We carry the cost')], default='priced', max_length=12)),
                ('response_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('arrival_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('insurance_demanded', models.TextField(blank=True)),
                ('external_id', models.CharField(blank=True, max_length=100)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='partners.firm')),
                ('came_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='clients', to='clients.clientimport')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='client_has_a_name'), models.CheckConstraint(condition=models.Q(('price_basis__in', ['priced', 'monthly_plan', 'absorbed'])), name='client_price_basis_known'), models.UniqueConstraint(models.F('firm'), django.db.models.functions.text.Lower('name'), name='client_name_once_per_firm'), models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('firm', 'external_id'), name='client_external_id_once_per_firm')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('position', models.CharField(blank=True, max_length=100)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(blank=True, max_length=40)),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='clients.client')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='contact_has_a_name')],
            },
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200)),
                ('street', models.CharField(blank=True, max_length=200)),
                ('town', models.CharField(blank=True, max_length=100)),
                ('state', models.CharField(blank=True, max_length=40)),
                ('postcode', models.CharField(blank=True, max_length=20)),
                ('country', models.CharField(default='US', max_length=2)),
                ('latitude', models.FloatField(blank=True, null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('timezone', models.CharField(max_length=64)),
                ('access_notes', models.TextField(blank=True)),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
                ('came_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sites', to='clients.clientimport')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sites', to='clients.client')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('timezone', ''), _negated=True)), name='site_has_name_and_zone'), models.CheckConstraint(condition=models.Q(models.Q(('latitude', None), ('longitude', None)), models.Q(('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='site_coordinates_whole'), models.UniqueConstraint(models.F('client'), django.db.models.functions.text.Lower('name'), name='site_name_once_per_client')],
            },
        ),
    ]
