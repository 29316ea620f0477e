import django.core.validators
import django.db.models.deletion
import roadmap.models.fields
import roadmap.models.roadmap
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reference", models.CharField(editable=False, max_length=30)),
                (
                    "title",
                    roadmap.models.fields.OneLineField(
                        help_text="What developers get, in a few words.", max_length=200
                    ),
                ),
                ("description", roadmap.models.fields.MarkdownField(blank=True)),
                (
                    "journey",
                    roadmap.models.fields.OneLineField(
                        blank=True,
                        help_text="The customer journey it belongs to, for example “Payments”.",
                        max_length=200,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("api", "API"),
                            ("user_interface", "User interface"),
                            ("guide", "Guide"),
                            ("backend", "Backend"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "audiences",
                    roadmap.models.fields.OneLineField(
                        blank=True, help_text="Who uses it, separated by commas: Businesses, Agents.", max_length=200
                    ),
                ),
                (
                    "is_breaking",
                    models.BooleanField(
                        blank=True,
                        help_text="Whether software that works today must be changed. “Unknown” shows nothing to readers.",
                        null=True,
                        verbose_name="breaking",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Its place in its release: 0 comes first."),
                ),
            ],
            options={
                "ordering": [
                    "roadmap",
                    models.OrderBy(models.F("release__position"), nulls_last=True),
                    "position",
                    "pk",
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "title",
                    roadmap.models.fields.OneLineField(
                        help_text="For example “June 2026” or “Near term”.", max_length=200
                    ),
                ),
                (
                    "when",
                    roadmap.models.fields.WhenField(
                        blank=True,
                        help_text="When it is expected, if the title does not say so.",
                        max_length=100,
                        verbose_name="date",
                    ),
                ),
                (
                    "horizon",
                    models.CharField(
                        blank=True,
                        choices=[("near", "Near term"), ("mid", "Mid term"), ("long", "Long term")],
                        help_text="Where its items stand in the backlog. Leave empty for “Planned”.",
                        max_length=10,
                        verbose_name="term",
                    ),
                ),
                (
                    "is_deployed",
                    models.BooleanField(
                        default=False,
                        help_text="Tick when it has gone live: all its items then show as live.",
                        verbose_name="deployed",
                    ),
                ),
                ("introduction", roadmap.models.fields.MarkdownField(blank=True, help_text="Shown above its items.")),
                (
                    "position",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="Its place among the releases: 0 comes first. Releases in the same place go by date.",
                    ),
                ),
            ],
            options={
                "ordering": ["roadmap", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Api",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    roadmap.models.fields.OneLineField(
                        help_text="As the Developer Hub names it, for example “VAT (MTD) API”.",
                        max_length=200,
                        unique=True,
                    ),
                ),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        help_text="Items that concern this API link here.",
                        max_length=500,
                        verbose_name="documentation",
                    ),
                ),
            ],
            options={
                "verbose_name": "API",
                "verbose_name_plural": "APIs",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="api_has_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("roadmap_slug", models.SlugField(verbose_name="roadmap's address")),
                ("number", models.PositiveIntegerField()),
                ("published_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["roadmap", "-number"],
            },
        ),
        migrations.CreateModel(
            name="ItemApi",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "version",
                    roadmap.models.fields.OneLineField(
                        blank=True, help_text="For example v2.0. Leave empty for all versions.", max_length=50
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "api",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="item_apis",
                        to="roadmap.api",
                        verbose_name="API",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="item_apis", to="roadmap.item"
                    ),
                ),
            ],
            options={
                "verbose_name": "API",
                "verbose_name_plural": "APIs",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="apis",
            field=models.ManyToManyField(blank=True, related_name="items", through="roadmap.ItemApi", to="roadmap.api"),
        ),
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "environment",
                    models.CharField(
                        choices=[("test", "Sandbox"), ("controlled_go_live", "Controlled go-live"), ("live", "Live")],
                        max_length=20,
                    ),
                ),
                ("when", roadmap.models.fields.WhenField(blank=True, max_length=100, verbose_name="date")),
                (
                    "is_deployed",
                    models.BooleanField(
                        default=False,
                        help_text="Tick when it is there. The item's stage follows from this.",
                        verbose_name="deployed",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="milestones", to="roadmap.item"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="release",
            field=models.ForeignKey(
                blank=True,
                help_text="When the release is marked as deployed, this item shows as live.",
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="items",
                to="roadmap.release",
            ),
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "noun",
                    models.CharField(
                        choices=[
                            ("roadmap", "roadmap"),
                            ("page", "page"),
                            ("release", "release"),
                            ("item", "item"),
                            ("changelog_entry", "changelog_entry"),
                        ],
                        max_length=20,
                    ),
                ),
                ("uid", models.UUIDField()),
                ("title", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=100)),
                ("content", models.TextField(blank=True)),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "edition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="revisions", to="roadmap.edition"
                    ),
                ),
            ],
            options={
                "ordering": ["edition", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=100)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="roadmap.revision"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Roadmap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "title",
                    roadmap.models.fields.OneLineField(
                        help_text="As readers see it, for example “VAT (MTD) roadmap”.", max_length=200
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The part of its web address: /vat-mtd/. It stays for good once the roadmap has been published.",
                        unique=True,
                        validators=[roadmap.models.roadmap.validate_slug_is_free],
                        verbose_name="address",
                    ),
                ),
                (
                    "reference_prefix",
                    models.CharField(
                        help_text="Begins the reference of every new item: VAT gives VAT-1, VAT-2 and so on.",
                        max_length=10,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[A-Z][A-Z0-9]*\\Z", "Use capital letters and digits, a letter first: VAT."
                            )
                        ],
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(
                        default=0, help_text="Its place in the list of roadmaps: 0 comes first."
                    ),
                ),
                (
                    "description",
                    models.TextField(
                        blank=True,
                        help_text="One or two sentences under the title, and in the list of roadmaps. Plain text.",
                        max_length=1000,
                    ),
                ),
                (
                    "contact_name",
                    roadmap.models.fields.OneLineField(
                        help_text="Who answers enquiries.", max_length=200, verbose_name="team"
                    ),
                ),
                (
                    "contact_email",
                    models.EmailField(
                        help_text="Where the enquiry link on every page writes to.",
                        max_length=254,
                        verbose_name="email address",
                    ),
                ),
                (
                    "contact_subject",
                    roadmap.models.fields.OneLineField(
                        blank=True,
                        default="Roadmap enquiry",
                        help_text="The subject that the enquiry link fills in. An item's link adds its reference and title.",
                        max_length=200,
                        verbose_name="subject line",
                    ),
                ),
                (
                    "test_label",
                    roadmap.models.fields.OneLineField(
                        default="Sandbox",
                        help_text="For example Sandbox or Test.",
                        max_length=50,
                        verbose_name="name of the test environment",
                    ),
                ),
                (
                    "controlled_go_live_label",
                    roadmap.models.fields.OneLineField(
                        default="Controlled go-live",
                        help_text="For example Controlled go-live or Private beta.",
                        max_length=50,
                        verbose_name="name of controlled go-live",
                    ),
                ),
                (
                    "live_label",
                    roadmap.models.fields.OneLineField(
                        default="Live",
                        help_text="For example Live or Production.",
                        max_length=50,
                        verbose_name="name of the live environment",
                    ),
                ),
                (
                    "footer",
                    roadmap.models.fields.MarkdownField(
                        blank=True, help_text="At the foot of every page of this roadmap."
                    ),
                ),
                ("last_item_number", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "ordering": ["position", "title"],
                "permissions": [("publish_roadmap", "Can publish a roadmap")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "slug__in",
                                [
                                    "admin",
                                    "api",
                                    "healthz",
                                    "media",
                                    "preview",
                                    "readyz",
                                    "robots.txt",
                                    "search",
                                    "static",
                                ],
                            ),
                            _negated=True,
                        ),
                        name="roadmap_slug_is_free",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="roadmap_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("contact_email", ""), _negated=True), name="roadmap_has_a_contact"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="release",
            name="roadmap",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="releases", to="roadmap.roadmap"
            ),
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", roadmap.models.fields.OneLineField(max_length=200)),
                (
                    "slug",
                    models.SlugField(
                        blank=True,
                        help_text="Made from the title if you leave it empty. It stays for good once the page has been published.",
                        max_length=80,
                        verbose_name="address",
                    ),
                ),
                ("body", roadmap.models.fields.MarkdownField(blank=True, verbose_name="text")),
                (
                    "is_on_home",
                    models.BooleanField(
                        default=False,
                        help_text="Shows the whole text on the roadmap's home page too, under the page's title.",
                        verbose_name="show on the home page",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Its place among the pages: 0 comes first."),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="roadmap.roadmap"
                    ),
                ),
            ],
            options={
                "ordering": ["roadmap", "position", "title"],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="roadmap",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="items", to="roadmap.roadmap"
            ),
        ),
        migrations.CreateModel(
            name="Field",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    roadmap.models.fields.OneLineField(
                        help_text="The heading of the column, for example “Tax years”.", max_length=200
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        editable=False,
                        help_text="Its name in the CSV and the API, made from its first name, for good.",
                        max_length=80,
                    ),
                ),
                (
                    "explanation",
                    roadmap.models.fields.MarkdownField(blank=True, help_text="What it means, for readers."),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Its place among the columns: 0 comes first."),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="fields", to="roadmap.roadmap"
                    ),
                ),
            ],
            options={
                "ordering": ["roadmap", "position", "name"],
            },
        ),
        migrations.AddField(
            model_name="edition",
            name="roadmap",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="editions", to="roadmap.roadmap"
            ),
        ),
        migrations.CreateModel(
            name="ChangelogEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", roadmap.models.fields.OneLineField(max_length=200)),
                (
                    "when",
                    roadmap.models.fields.WhenField(
                        help_text="As readers see it, for example “October 2018”. The newest comes first.",
                        max_length=100,
                        verbose_name="date",
                    ),
                ),
                (
                    "body",
                    roadmap.models.fields.MarkdownField(
                        blank=True,
                        help_text="Points as a list: each on a line that begins with “- ”.",
                        verbose_name="text",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(default=0, help_text="Its place among entries of the same date."),
                ),
                (
                    "roadmap",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changelog_entries",
                        to="roadmap.roadmap",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "changelog entries",
                "ordering": ["roadmap", "position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", roadmap.models.fields.OneLineField(max_length=500)),
                (
                    "field",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="values", to="roadmap.field"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="field_values", to="roadmap.item"
                    ),
                ),
            ],
            options={
                "ordering": ["field__position", "field__name"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "field"),
                        name="field_value_once_per_item",
                        violation_error_message="This field is filled in already.",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="itemapi",
            constraint=models.UniqueConstraint(
                fields=("item", "api", "version"),
                name="item_api_version_is_named_once",
                violation_error_message="This API and version is there already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.UniqueConstraint(
                fields=("item", "environment"),
                name="milestone_once_per_environment",
                violation_error_message="This item has a milestone in this environment already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="milestone",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("when", ""), _negated=True), ("is_deployed", True), _connector="OR"),
                name="milestone_has_a_date_or_is_deployed",
                violation_error_message="Give a date (TBC will do), or tick “deployed”.",
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["uid", "edition"], name="revision_of_a_thing"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("edition", "uid"), name="revision_once_per_thing_and_edition"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("content", ""), ("digest", "")),
                    models.Q(models.Q(("content", ""), _negated=True), models.Q(("digest", ""), _negated=True)),
                    _connector="OR",
                ),
                name="revision_has_content_and_digest_or_neither",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.UniqueConstraint(fields=("revision", "field"), name="change_once_per_field_and_revision"),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="release_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.UniqueConstraint(
                fields=("roadmap", "slug"),
                name="page_slug_is_used_once",
                violation_error_message="Another page of this roadmap has this address. Choose another.",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(condition=models.Q(("slug", ""), _negated=True), name="page_has_a_slug"),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="page_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("roadmap", "reference"), name="item_reference_is_used_once"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("reference", ""), _negated=True), name="item_has_a_reference"
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="item_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="field",
            constraint=models.UniqueConstraint(fields=("roadmap", "key"), name="field_key_is_used_once"),
        ),
        migrations.AddConstraint(
            model_name="field",
            constraint=models.UniqueConstraint(
                fields=("roadmap", "name"),
                name="field_name_is_used_once",
                violation_error_message="Another field of this roadmap has this name.",
            ),
        ),
        migrations.AddConstraint(
            model_name="field",
            constraint=models.CheckConstraint(condition=models.Q(("key", ""), _negated=True), name="field_has_a_key"),
        ),
        migrations.AddIndex(
            model_name="edition",
            index=models.Index(fields=["roadmap_slug", "-number"], name="edition_newest_by_slug"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(fields=("roadmap", "number"), name="edition_number_is_used_once"),
        ),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="edition_numbers_begin_at_1"
            ),
        ),
        migrations.AddConstraint(
            model_name="changelogentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="changelog_entry_has_a_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="changelogentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("when", ""), _negated=True), name="changelog_entry_has_a_date"
            ),
        ),
    ]
