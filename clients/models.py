"""The prime's clients, the people there and the places to go. Private to one firm: nobody else can see or search them."""

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce, Lower, Now

from partnernet.core.models import Entity, User
from partners.models import Firm


class PriceBasis(models.TextChoices):
    PRICED = "priced", "Priced job by job"
    MONTHLY_PLAN = "monthly_plan", "In a monthly plan"
    ABSORBED = "absorbed", "We carry the cost"


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(firm=firm)

    def named_like(self, text: str) -> Self:
        """Keep those whose name, alias, domain or town holds `text`; a blank text keeps all."""
        words = text.split()
        found = self
        for word in words:
            in_town = Site.objects.filter(client=models.OuterRef("pk"), town__icontains=word)
            found = found.filter(
                models.Q(name__icontains=word)
                | models.Q(aliases__icontains=word)
                | models.Q(domains__icontains=word)
                | models.Q(external_id__iexact=word)
                | models.Exists(in_town)
            )
        return found

    def with_counts(self) -> Self:
        """Add `site_count` and `contact_count`."""

        def count(rows: models.QuerySet[Any]) -> models.expressions.Combinable:
            # By subqueries: a join would group all clients, where a page shows 25.
            own = rows.filter(client=models.OuterRef("pk")).order_by().values("client")
            return Coalesce(models.Subquery(own.annotate(count=models.Count("pk")).values("count")), 0)

        return self.annotate(site_count=count(Site.objects.all()), contact_count=count(Contact.objects.all()))

    def with_successor(self) -> Self:
        """Add `now_called`: under which name a client that was sold or merged goes on, else an empty word."""
        became = ClientSuccession.objects.standing().ending().filter(before=models.OuterRef("pk"))
        return self.annotate(
            now_called=Coalesce(
                models.Subquery(became.values("after__name")[:1]),
                models.Value(""),
                output_field=models.CharField(),
            )
        )

    def with_sorting(self) -> Self:
        """Add `sorting`, by which names are listed whatever their case."""
        return self.annotate(sorting=Lower("name"))

    def in_order(self) -> Self:
        return self.order_by(Lower("name"), "pk")


class ClientImport(Entity):
    """One uploaded list: read, looked at, carried out, and for a day undoable."""

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="client_imports")
    by_user = models.ForeignKey(User, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    headings = models.JSONField()
    rows = models.JSONField()
    mapping = models.JSONField(default=dict)
    clients_added = models.PositiveIntegerField(default=0)
    sites_added = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    imported_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(undone_at=None) | models.Q(imported_at__lte=models.F("undone_at")),
                name="import_undone_after_import",
            ),
        ]
        indexes = [models.Index(fields=["firm", "-created_at"], name="import_of_firm")]

    def __str__(self) -> str:
        return self.file_name


class Client(Entity):
    """Somebody the firm works for."""

    firm = models.ForeignKey(Firm, models.PROTECT, db_index=False, related_name="clients")
    name = models.CharField(max_length=200)
    aliases = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    domains = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    industry = models.CharField(max_length=100, blank=True)
    industry_duties = models.TextField(blank=True)
    price_basis = models.CharField(max_length=12, choices=PriceBasis, default=PriceBasis.PRICED)
    response_minutes = models.PositiveIntegerField(null=True, blank=True)
    arrival_minutes = models.PositiveIntegerField(null=True, blank=True)
    pays_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    insurance_demanded = models.TextField(blank=True)
    # What they pay a month, in the firm's currency. Shown to nobody else; sealed when a firm is told of the protection.
    monthly_fee = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    came_with = models.ForeignKey(
        ClientImport, models.SET_NULL, null=True, blank=True, related_name="clients"
    )
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:  # annotated by `with_successor`
        now_called: str

    objects = ClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="client_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(price_basis__in=PriceBasis.values), name="client_price_basis_known"
            ),
            models.CheckConstraint(
                condition=models.Q(monthly_fee=None) | models.Q(monthly_fee__gte=0),
                name="client_monthly_fee_not_negative",
            ),
            models.UniqueConstraint("firm", Lower("name"), name="client_name_once_per_firm"),
            models.UniqueConstraint(
                fields=["firm", "external_id"],
                condition=~models.Q(external_id=""),
                name="client_external_id_once_per_firm",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(Entity):
    """A person at a client."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    position = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="contact_has_a_name")]

    def __str__(self) -> str:
        return self.name


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(client__firm=firm)

    def in_order(self) -> Self:
        return self.order_by(Lower("name"), "pk")


class Site(Entity):
    """A place of a client: where to go, what time it is there, how to get in."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="sites")
    name = models.CharField(max_length=200)
    street = models.CharField(max_length=200, blank=True)
    town = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US")
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    timezone = models.CharField(max_length=64)
    access_notes = models.TextField(blank=True)
    came_with = models.ForeignKey(ClientImport, models.SET_NULL, null=True, blank=True, related_name="sites")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(timezone=""), name="site_has_name_and_zone"
            ),
            models.CheckConstraint(
                condition=models.Q(latitude=None, longitude=None)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_coordinates_whole",
            ),
            models.UniqueConstraint("client", Lower("name"), name="site_name_once_per_client"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """The address in one line, as far as it is known."""
        town = " ".join(part for part in (self.town, self.state, self.postcode) if part)
        return ", ".join(
            part for part in (self.street, town, self.country if self.country != "US" else "") if part
        )


class ClientSuccessionQuerySet(models.QuerySet["ClientSuccession"]):
    def visible_to(self, firm: Firm | UUID) -> Self:
        return self.filter(firm=firm)

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def ending(self) -> Self:
        """Keep those after which the first client goes on as the second."""
        return self.filter(kind__in=ClientSuccession.ENDING)

    def about(self, client: Client) -> Self:
        return self.filter(models.Q(before=client) | models.Q(after=client))

    def with_people(self) -> Self:
        return self.select_related("before", "after", "recorded_by", "undone_by")

    def newest_first(self) -> Self:
        return self.order_by("-recorded_at", "-pk")


class ClientSuccession(Entity):
    """What became of a client: sold or merged into another, renamed, or split in two. A mistake is undone, never deleted.

    `moved` keeps what undoing puts back: the sites with the names they had, the contacts, and the words that the
    second client got as other names.
    """

    class Kind(models.TextChoices):
        SOLD = "sold", "Sold to another owner"
        RENAMED = "renamed", "Has a new name"
        MERGED = "merged", "Merged with another client"
        SPLIT = "split", "A part became a client of its own"

    ENDING = (Kind.SOLD, Kind.MERGED)

    firm = models.ForeignKey(Firm, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    before = models.ForeignKey(Client, models.PROTECT, related_name="successions")
    after = models.ForeignKey(Client, models.PROTECT, related_name="preceded_by")
    name_before = models.CharField(max_length=200)
    name_after = models.CharField(max_length=200)
    happened_on = models.DateField()
    note = models.TextField(blank=True)
    moved = models.JSONField(default=dict)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ClientSuccessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["sold", "renamed", "merged", "split"]),
                name="succession_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="renamed", before=models.F("after"))
                | (~models.Q(kind="renamed") & ~models.Q(before=models.F("after"))),
                name="succession_of_two_clients_unless_renamed",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None)
                | models.Q(undone_at__gte=models.F("recorded_at"), undone_by__isnull=False),
                name="succession_undone_whole",
            ),
            models.UniqueConstraint(
                fields=["before"],
                condition=models.Q(undone_at=None, kind__in=["sold", "merged"]),
                name="client_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_before}: {self.get_kind_display()}"

    @property
    def sentence(self) -> str:
        """Say what happened, without the day."""
        said = {
            "sold": f"{self.name_before} was sold and goes on as {self.name_after}",
            "renamed": f"{self.name_before} is now called {self.name_after}",
            "merged": f"{self.name_before} merged into {self.name_after}",
            "split": f"A part of {self.name_before} became {self.name_after}",
        }
        return said[self.kind]
