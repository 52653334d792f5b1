"""Words that name the client draw a warning before an offer leaves; whoever has read it may send all the same."""

import pytest

from engagements.models import WorkOrder
from tests.engagements.test_pages import covered, get, job, line, order, post, typed_terms  # noqa: F401 - fixtures
from tests.factories.clients import SiteFactory

pytestmark = pytest.mark.django_db
SAID = "The scope names your client (Garden City Dental). They read it before the job is theirs."


@pytest.fixture
def dentist(line):  # noqa: F811
    client = line.site.client
    client.name = "Garden City Dental"
    client.save()
    return client


def plain(answer) -> str:
    return " ".join(answer.content.decode().split())


def place(client, prime, sub, job, line, **more):  # noqa: F811
    typed = {
        f"units-{line.pk}": "18",
        "firms": str(sub.firm.pk),
        "scope": "Ring at garden-city dental.",
    } | more
    return post(client, prime.dispatcher, "job-place", job.pk, **typed_terms(**typed))


def test_the_page_warns_before_it_sends(client, prime, sub, job, line, dentist, covered):  # noqa: F811
    warned = place(client, prime, sub, job, line)
    assert (warned.status_code, WorkOrder.objects.count()) == (200, 0)
    assert SAID in plain(warned)
    assert f'name="seen" value="{SAID}"' in plain(warned)

    place(client, prime, sub, job, line, seen=SAID)
    assert WorkOrder.objects.get().status == "offered"


def test_another_warning_than_the_one_that_was_read_stops_again(
    client, prime, sub, job, line, dentist, covered  # noqa: F811
):  # fmt: skip
    place(client, prime, sub, job, line, seen="The title names your client.")

    assert WorkOrder.objects.count() == 0


def test_it_is_said_while_typing(client, prime, job, line, dentist):  # noqa: F811
    client.force_login(prime.dispatcher.user)
    from_page = typed_terms(**{f"units-{line.pk}": "18", "scope": "Ring at Garden City Dental."})

    assert SAID in plain(client.get(f"/f/{prime.firm.pk}/jobs/{job.pk}/place/margin/", from_page))


def test_a_draft_leaves_nobody_to_warn_until_it_is_offered(client, prime, sub, job, line, dentist, covered):  # noqa: F811
    place(client, prime, sub, job, line, firms=[])
    draft = WorkOrder.objects.get()
    assert draft.status == "draft"
    assert SAID in plain(get(client, prime.dispatcher, "work-order-offer", draft.pk))

    post(client, prime.dispatcher, "work-order-offer", draft.pk, firms=str(sub.firm.pk))
    assert WorkOrder.objects.get().status == "draft"
    post(client, prime.dispatcher, "work-order-offer", draft.pk, firms=str(sub.firm.pk), seen=SAID)
    assert WorkOrder.objects.get().status == "offered"


@pytest.mark.parametrize("known", [True, False])
def test_an_urgent_job_warns_of_a_known_client_and_of_a_new_one(client, prime, sub, dentist, covered, known):  # noqa: F811
    where = (
        {"site": str(SiteFactory(client=dentist).pk)}
        if known
        else {"client_name": "Hicksville Bakery", "postcode": "11801"}
    )
    name = "Garden City Dental" if known else "Hicksville Bakery"
    typed = typed_terms(pay_kind="hourly", amount="85", what=f"Server of {name}", client_price="400", cap_hours="3", **where)  # fmt: skip
    warned = post(client, prime.owner, "job-urgent", firms=str(sub.firm.pk), **typed)
    said = f"The title names your client ({name}). They read it before the job is theirs."
    assert (said in plain(warned), WorkOrder.objects.count()) == (True, 0)

    post(client, prime.owner, "job-urgent", firms=str(sub.firm.pk), seen=said, **typed)
    assert WorkOrder.objects.get().status == "offered"
