import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.db import connection

from partnernet.core import links, mail
from partnernet.core.models import Delivery, Notification, User
from partnernet.core.notify import Addressee, owe, together
from partnernet.core.tasks import pay_what_is_owed

NOW = datetime(2007, 2, 12, 14, 0, tzinfo=UTC)
LOU = Addressee("lou@bluemesa.example", "Lou Marino")
NEWS = {"inviter": "Maria Conti", "firm": "Halcyon Managed", "role": "dispatcher"}


@pytest.fixture(autouse=True)
def letter(settings, tmp_path):
    """A kind of news of the tests' own, so that they do not hang on an app's wording."""
    folder = tmp_path / "emails" / "test_news"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ inviter }} asks\n you")
    (folder / "body.txt").write_text("{{ firm }} {{ link }}")
    (folder / "body.html").write_text("<p>{{ firm }}</p>")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]


@pytest.mark.django_db
def test_news_are_rows_before_they_are_mail():
    (news,) = owe("test_news", to=[LOU], now=NOW, context=NEWS, path="/somewhere/")

    assert news.title == "Maria Conti asks you"
    assert Delivery.objects.get().address == "lou@bluemesa.example"
    assert outbox.outbox == []


@pytest.mark.django_db
def test_once_is_once_per_recipient():
    user = User.objects.create_user("pat@halcyon.example", name="Pat")
    people = [LOU, Addressee(user.email, user.name, user.pk)]

    owe("test_news", to=people, now=NOW, context=NEWS, once="order-1")
    again = owe("test_news", to=people, now=NOW, context=NEWS, once="order-1")

    assert again == []
    assert Notification.objects.count() == 2


@pytest.mark.django_db
def test_paying_sends_text_and_html_with_a_stable_id():
    owe("test_news", to=[LOU], now=NOW, context=NEWS, path="/somewhere/")
    delivery = Delivery.objects.get()

    assert mail.pay(delivery.pk, now=NOW)

    (message,) = outbox.outbox
    assert message.extra_headers["Message-ID"] == delivery.message_id
    assert "/somewhere/" in message.body
    assert message.alternatives[0].mimetype == "text/html"
    assert not mail.pay(delivery.pk, now=NOW)
    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_nothing_leaves_before_its_time():
    owe("test_news", to=[LOU], now=NOW, context=NEWS, send_after=NOW + timedelta(seconds=10))
    delivery = Delivery.objects.get()

    assert not mail.pay(delivery.pk, now=NOW + timedelta(seconds=9))
    assert mail.pay(delivery.pk, now=NOW + timedelta(seconds=10))


@pytest.mark.django_db
def test_a_mail_server_that_is_away_costs_time_not_mail(monkeypatch):
    owe("test_news", to=[LOU], now=NOW, context=NEWS)
    delivery = Delivery.objects.get()

    def away(*_args, **_kwargs):
        raise ConnectionRefusedError("mail server is away")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        assert not mail.pay(delivery.pk, now=NOW)

    delivery.refresh_from_db()
    assert (delivery.attempts, delivery.sent_at) == (1, None)
    assert delivery.next_attempt_at == NOW + timedelta(minutes=1)
    assert mail.pay(delivery.pk, now=NOW + timedelta(minutes=1))


@pytest.mark.django_db
def test_a_letter_nobody_takes_is_given_up_in_the_end(monkeypatch):
    owe("test_news", to=[LOU], now=NOW, context=NEWS)
    delivery = Delivery.objects.get()

    def away(*_args, **_kwargs):
        raise ConnectionRefusedError("mail server is away")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
    moment = NOW
    for _ in range(len(mail.RETRIES) + 1):
        mail.pay(delivery.pk, now=moment)
        delivery.refresh_from_db()
        moment = delivery.next_attempt_at

    assert delivery.given_up_at is not None
    assert not Delivery.objects.due(moment + timedelta(days=9)).exists()


@pytest.mark.django_db
def test_the_sweep_pays_what_the_bell_lost():
    owe("test_news", to=[LOU], now=NOW, context=NEWS)

    pay_what_is_owed()

    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_a_mailed_token_finds_its_delivery_and_is_stored_hashed():
    owe("test_news", to=[LOU], now=NOW, context=NEWS, doorway="healthz")
    delivery = Delivery.objects.get()
    secret = links.token(delivery.pk)

    assert links.opened_by(secret) == delivery
    assert secret not in delivery.token_hash
    assert links.opened_by(secret[:-1] + "x") is None


@pytest.mark.django_db(transaction=True)
def test_two_payers_send_one_mail():
    owe("test_news", to=[LOU], now=NOW, context=NEWS)
    key = Delivery.objects.get().pk
    barrier = threading.Barrier(2)
    results = []

    def pay():
        barrier.wait()
        results.append(mail.pay(key, now=NOW))
        connection.close()

    payers = [threading.Thread(target=pay) for _ in range(2)]
    for payer in payers:
        payer.start()
    for payer in payers:
        payer.join()

    assert sorted(results) == [False, True]
    assert len(outbox.outbox) == 1


@pytest.mark.django_db
def test_what_is_owed_together_is_written_at_once_and_at_the_end(django_assert_num_queries):
    with django_assert_num_queries(2), together():
        first = owe("test_news", to=[LOU], now=NOW, context=NEWS)
        with together():
            owe("test_news", to=[LOU], now=NOW, context=NEWS, send_after=NOW + timedelta(seconds=10))

    assert Notification.objects.filter(pk__in=[news.pk for news in first]).count() == 1
    assert list(Delivery.objects.order_by("next_attempt_at").values_list("next_attempt_at", flat=True)) == [
        NOW, NOW + timedelta(seconds=10),
    ]  # fmt: skip


@pytest.mark.django_db
def test_together_keeps_what_is_owed_once_apart():
    owe("test_news", to=[LOU], now=NOW, context=NEWS, once="a")
    with together():
        owe("test_news", to=[LOU], now=NOW, context=NEWS, once="a")
        owe("test_news", to=[LOU], now=NOW, context=NEWS, once="b")
        owe("test_news", to=[LOU], now=NOW, context=NEWS)

    assert (Notification.objects.count(), Delivery.objects.count()) == (3, 3)


@pytest.mark.django_db
def test_an_error_inside_together_owes_nothing():
    def fail():
        with together():
            owe("test_news", to=[LOU], now=NOW, context=NEWS)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    owe("test_news", to=[LOU], now=NOW, context=NEWS)

    assert (Notification.objects.count(), Delivery.objects.count()) == (1, 1)
