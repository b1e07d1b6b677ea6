from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='identityprovider',
            name='is_on',
            field=models.BooleanField(default=True, help_text='Switched off, nobody signs in through it; accounts and links stay.', verbose_name='switched on'),
        ),
    ]
