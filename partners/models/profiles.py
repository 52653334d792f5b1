"""What a firm offers: skills, places, prices, and hours it has free."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from partnernet.core.models import Entity

CAPACITY_FRESH = timedelta(days=14)


class Skill(Entity):
    """A word of the common vocabulary of skills."""

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug"], name="skill_slug_once")]

    def __str__(self) -> str:
        return self.name


class Profile(Entity):
    """A firm's own words and prices; money in the firm's currency."""

    firm = models.OneToOneField("partners.Firm", on_delete=models.PROTECT, related_name="profile")
    about = models.TextField(blank=True, default="")
    works_remotely = models.BooleanField(default=False)
    response_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    hourly_rate = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    minimum_hours = models.DecimalField(max_digits=5, decimal_places=2, default=Decimal(0))
    trip_charge = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    after_hours_factor = models.DecimalField(max_digits=4, decimal_places=2, default=Decimal(1))
    minimum_order = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    skills: "models.ManyToManyField[Skill, ProfileSkill]" = models.ManyToManyField(
        Skill, through="ProfileSkill"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(hourly_rate__isnull=True) | Q(hourly_rate__gte=0))
                & Q(minimum_hours__gte=0, trip_charge__gte=0, minimum_order__gte=0),
                name="profile_prices_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(after_hours_factor__gte=1), name="profile_after_hours_factor_at_least_1"
            ),
        ]

    def __str__(self) -> str:
        return f"Profile of {self.firm_id}"


class ProfileSkill(Entity):
    """A skill that a firm claims, how well, and what shows it."""

    class Level(models.IntegerChoices):
        BASIC = 1, "Has done it"
        SKILLED = 2, "Does it often"
        EXPERT = 3, "Expert"

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="skill_levels")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level, default=Level.SKILLED)
    proof = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "skill"], name="profile_skill_once"),
            models.CheckConstraint(condition=Q(level__range=(1, 3)), name="profile_skill_level_1_to_3"),
        ]
        indexes = [models.Index(fields=["skill", "profile"], name="profile_skill_by_skill")]

    def __str__(self) -> str:
        return f"{self.skill_id} at level {self.level}"


class ServiceArea(Entity):
    """A circle that a firm covers on site: a ZIP code and miles around it."""

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="areas")
    postcode = models.CharField(max_length=12)
    town = models.CharField(max_length=100, blank=True, default="")
    radius_miles = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(500)])
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["profile", "postcode"], name="service_area_once_per_postcode"),
            models.CheckConstraint(
                condition=Q(radius_miles__range=(1, 500)), name="service_area_1_to_500_miles"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="service_area_coordinates_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.radius_miles} miles around {self.postcode}"


class Certification(Entity):
    """A paper that says somebody in the firm knows something."""

    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="certifications")
    name = models.CharField(max_length=200)
    issuer = models.CharField(max_length=200, blank=True, default="")
    number = models.CharField(max_length=100, blank=True, default="")
    holder = models.CharField(max_length=150, blank=True, default="")
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="certification_has_a_name")]

    def __str__(self) -> str:
        return self.name


class Capacity(Entity):
    """Hours a week that a firm has free, for one skill or (without one) for anything, as it said on a day."""

    firm = models.ForeignKey("partners.Firm", on_delete=models.PROTECT, related_name="capacities")
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    hours_per_week = models.PositiveSmallIntegerField(validators=[MaxValueValidator(10_000)])
    stated_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["firm", "skill"], nulls_distinct=False, name="capacity_once_per_skill"
            ),
            models.CheckConstraint(
                condition=Q(hours_per_week__lte=10_000), name="capacity_at_most_10000_hours"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hours_per_week} hours a week, as of {self.stated_on}"

    def is_fresh(self, on: date) -> bool:
        """Whether it was said in the last 14 days."""
        return on - self.stated_on <= CAPACITY_FRESH

    def free_hours(self, on: date) -> float:
        """Hours a week to reckon with: half of what was said when that is more than 14 days ago."""
        return self.hours_per_week if self.is_fresh(on) else self.hours_per_week / 2
