import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import partnernet.core.ids
import partnernet.core.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('timezone', models.CharField(default='America/New_York', max_length=64)),
                ('locale', models.CharField(default='en-us', max_length=10)),
                ('is_staff', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('date_joined', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='user_email_lower_case')],
            },
            managers=[
                ('objects', partnernet.core.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('principal', models.CharField(max_length=100)),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('body', models.JSONField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='idempotency_age')],
                'constraints': [models.UniqueConstraint(fields=('principal', 'key'), name='idempotency_key_once')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('firm', models.UUIDField(blank=True, null=True)),
                ('kind', models.CharField(max_length=60)),
                ('title', models.CharField(max_length=300)),
                ('path', models.CharField(blank=True, max_length=300)),
                ('context', models.JSONField(blank=True, default=dict)),
                ('subject_id', models.UUIDField(blank=True, null=True)),
                ('urgent', models.BooleanField(default=False)),
                ('dedupe', models.CharField(blank=True, max_length=300, null=True)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('dedupe',), name='notification_owed_once')],
                'indexes': [models.Index(fields=['user', 'firm', '-created_at', '-id'], name='notification_inbox'), models.Index(condition=models.Q(('read_at', None)), fields=['user', 'firm'], name='notification_unread'), models.Index(fields=['subject_id'], name='notification_subject')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.UUIDField(default=partnernet.core.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('channel', models.CharField(default='email', max_length=10)),
                ('address', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=120)),
                ('doorway', models.CharField(blank=True, max_length=60)),
                ('token_hash', models.CharField(blank=True, max_length=64, null=True, unique=True)),
                ('message_id', models.CharField(max_length=120, unique=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_attempt_at', models.DateTimeField()),
                ('last_error', models.TextField(blank=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('given_up_at', models.DateTimeField(blank=True, null=True)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.notification')),
            ],
            options={
                'verbose_name_plural': 'deliveries',
                'constraints': [models.CheckConstraint(condition=models.Q(('sent_at', None), ('given_up_at', None), _connector='OR'), name='delivery_sent_or_given_up')],
                'indexes': [models.Index(condition=models.Q(('given_up_at', None), ('sent_at', None)), fields=['next_attempt_at', 'id'], name='delivery_due')],
            },
        ),
    ]
