"""Where an agreement can stand, and of which kind it is."""

from django.db import models

from contracts.models.templates import AgreementTemplate
from contracts.workflow import OTHER, PROPOSER

SIDES = (PROPOSER, OTHER)
Kind = AgreementTemplate.Kind


class Status(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Proposed"
    NEGOTIATING = "negotiating", "In talks"
    AGREED = "agreed", "Terms agreed"
    PARTIALLY_SIGNED = "partially_signed", "Signed by one"
    SIGNED = "signed", "Signed"
    DECLINED = "declined", "Declined"
    VOIDED = "voided", "Voided"
    LAPSED = "lapsed", "Lapsed"
    # Of an agreement on paper, which never counts as signed here.
    ON_PAPER = "on_paper", "On paper, stated by one firm"
    PAPER_CONFIRMED = "paper_confirmed", "On paper, confirmed by both"
    PAPER_DISPUTED = "paper_disputed", "On paper, disputed"
    PAPER_WITHDRAWN = "paper_withdrawn", "On paper, withdrawn"


PAPER_STANDING = (Status.ON_PAPER, Status.PAPER_CONFIRMED)
PAPER = (*PAPER_STANDING, Status.PAPER_DISPUTED, Status.PAPER_WITHDRAWN)
OPEN_FOR_SIGNING = (Status.PROPOSED, Status.AGREED, Status.PARTIALLY_SIGNED)
