"""Settings of our own firm: particulars, profile, free hours, people, keys."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from partnernet.core import clock, localtime
from partners.actions import firms, profiles
from partners.forms import CapacityForm, FirmForm, ProfileForm, SkillsForm
from partners.http import MemberRequest, answer, for_roles, tried
from partners.models import Profile, Skill

PROFILE_WORDS = ("about", "works_remotely", "response_hours")
PRICES = ("hourly_rate", "minimum_hours", "trip_charge", "after_hours_factor", "minimum_order")


@for_roles("owner", "dispatcher", "finance", posting=("owner",))
def firm_settings(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Show and, as an owner, change the firm's particulars."""
    own = request.member.firm
    form = FirmForm(request.POST or None, initial={name: getattr(own, name) for name in FirmForm.base_fields})
    if tried(form, lambda: firms.describe(own, form.particulars(), by=request.member)):
        messages.success(request, "Saved.")
        return redirect("firm-settings", firm)
    return render(request, "partners/firm_settings.html", {"form": form, "own": own})


@for_roles("owner", "dispatcher")
def profile(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Change what the firm offers."""
    own = get_object_or_404(Profile, firm=firm)
    form = ProfileForm(request.POST or None, initial=_profile_values(own))
    if tried(form, lambda: _save_profile(own, form, request)):
        messages.success(request, "Saved. Other firms see it now.")
        return redirect("profile", firm)
    return render(request, "partners/profile.html", {"form": form})


@for_roles("owner", "dispatcher")
def skills(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Choose the firm's skills and levels."""
    own = get_object_or_404(Profile, firm=firm)
    initial = {str(level.skill.slug): level.level for level in own.skill_levels.select_related("skill")}
    form = SkillsForm(request.POST or None, initial=initial, skills=list(Skill.objects.order_by("name")))
    if tried(form, lambda: profiles.set_skills(own, by=request.member, skills=form.chosen())):
        messages.success(request, "Saved. Other firms find you by these.")
        return redirect("skills", firm)
    return render(request, "partners/skills.html", {"form": form})


@for_roles("owner", "dispatcher")
def capacity(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Say how many hours a week are free."""
    own = request.member.firm
    said = own.capacities.filter(skill=None).first()
    form = CapacityForm(request.POST or None, initial={"hours": said.hours_per_week if said else None})
    if tried(form, lambda: profiles.state_capacity(own, by=request.member, hours=form.stated())):
        messages.success(request, "Thank you. It counts in full for 14 days.")
        return redirect("capacity", firm)
    context = {"form": form, "said": said, "today": localtime.day_in(clock.now(), own.timezone)}
    return render(request, "partners/capacity.html", context)


@require_POST
@for_roles("owner", "dispatcher")
def tap_capacity(request: MemberRequest, firm: UUID) -> HttpResponse:
    """Answer "Free next week?" in one tap."""
    answered = request.POST.get("answer", "")
    return answer(
        request,
        lambda: profiles.tap_capacity(request.member.firm, by=request.member, answer=answered),
        to=reverse("capacity", args=[firm]),
        said="Thank you. It counts in full for 14 days.",
    )


def _profile_values(own: Profile) -> dict[str, object]:
    areas = "\n".join(f"{area.postcode} {area.radius_miles}" for area in own.areas.order_by("postcode"))
    return {name: getattr(own, name) for name in (*PROFILE_WORDS, *PRICES)} | {"areas": areas}


def _save_profile(own: Profile, form: ProfileForm, request: MemberRequest) -> None:
    typed = form.cleaned_data
    profiles.describe(
        own,
        by=request.member,
        changes={name: typed[name] for name in PROFILE_WORDS},
        rates=profiles.RateCard(**{name: typed[name] for name in PRICES}),
        areas=typed["areas"],
    )
