"""`python -m bench.seals`: render, seal and check one agreement, each beside the library alone; writes bench/results/<date>-seals.{json,md}.

It stands on a database of its own that holds one signed and sealed agreement of the usual text.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from bench import database
from bench.__main__ import RESULTS
from bench.timing import Figure, measure

RUNS = 60
FLOORS = {
    "render": "Typst alone",
    "seal": "pyHanko alone, sealing",
    "check the seal": "pyHanko alone, checking",
    "check all nine layers": "pyHanko alone, checking",
    "render and seal, from the database": "Typst alone",
}


def measured() -> list[Figure]:
    """Take every figure, each floor right before what stands on it."""
    from django.conf import settings  # noqa: PLC0415 - after django.setup()

    from contracts import certificate, seals  # noqa: PLC0415 - the same
    from contracts.actions import layers, seal_keys, sealing  # noqa: PLC0415 - the same
    from contracts.models import Agreement  # noqa: PLC0415 - the same
    from partnernet.core import clock, pdf  # noqa: PLC0415 - the same

    now = clock.now()
    agreement = _agreement(now)
    key, kept = seal_keys.current(now=now)
    contents = sealing._contents(agreement.pk)  # noqa: SLF001 - the part that is measured
    how = certificate.Sealing(now, settings.SITE_URL, kept.fingerprint)
    rendered = pdf.made(
        "agreement", certificate.facts(contents, how), on=now.date(), standards=sealing.STANDARDS
    )
    sealed = seals.sealed(rendered, key, reason="bench")

    def ours() -> bytes:
        facts = certificate.facts(sealing._contents(agreement.pk), how)  # noqa: SLF001 - the same
        return pdf.made("agreement", facts, on=now.date(), standards=sealing.STANDARDS)

    def checked() -> object:
        found = Agreement.objects.with_parties().with_signed_sides().get(pk=agreement.pk)
        return layers.check(found, now=now)

    certificates = [kept.pem.encode()]
    return [
        _taken("Typst alone", _typst(certificate.facts(contents, how), now)),
        _taken("render", ours),
        _taken("pyHanko alone, sealing", _sealing(rendered, key)),
        _taken("seal", partial(seals.sealed, rendered, key, reason="bench")),
        _taken("pyHanko alone, checking", _checking(sealed, key)),
        _taken("check the seal", partial(seals.examined, sealed, certificates=certificates)),
        _taken("check all nine layers", checked),
        _taken("render and seal, from the database", partial(sealing.make, agreement.pk, now=now)),
    ]


def _taken(name: str, act: Callable[[], object]) -> Figure:
    return measure(name, [act] * RUNS)


def _agreement(now: datetime):
    from contracts.actions import sealing  # noqa: PLC0415 - after django.setup()
    from contracts.models import Agreement  # noqa: PLC0415 - the same
    from tests.factories.contracts import signed  # noqa: PLC0415 - the same
    from tests.factories.partners import people_of  # noqa: PLC0415 - the same

    found = Agreement.objects.filter(document__isnull=False).order_by("pk").first()
    if found:
        return found
    one, two = people_of("Halcyon Managed", "halcyon.example"), people_of("Blue Mesa IT", "bluemesa.example")
    made = signed(one.owner, two.owner)
    sealing.seal_due(now=now)
    return made


def _typst(facts: dict[str, object], now: datetime) -> Callable[[], object]:
    """Compile the same text with the same facts, already written as JSON, by a compiler that is warm."""
    import typst  # noqa: PLC0415 - beside the others that are measured

    from partnernet.core.pdf import ROOT  # noqa: PLC0415 - after django.setup()

    compiler = typst.Compiler(ROOT / "agreement.typ", root=ROOT, ignore_system_fonts=True)
    data = json.dumps({**facts, "made_on": [now.year, now.month, now.day]}, ensure_ascii=False)
    standards = ["a-2a", "ua-1"]
    return lambda: compiler.compile(sys_inputs={"data": data}, format="pdf", pdf_standards=standards)


def _sealing(rendered: bytes, key) -> Callable[[], object]:
    """Sign as pyHanko's own example does, with the key already read."""
    from asn1crypto import keys, pem, x509  # noqa: PLC0415 - beside the others that are measured
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415 - the same
    from pyhanko.sign import fields, signers  # noqa: PLC0415 - the same

    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(pem.unarmor(key.certificate)[2]),
        signing_key=keys.PrivateKeyInfo.load(pem.unarmor(key.private)[2]),
        cert_registry=None,
    )
    about = signers.PdfSignatureMetadata(
        field_name="Seal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    return lambda: signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(rendered)), about, signer)


def _checking(sealed: bytes, key) -> Callable[[], object]:
    from asn1crypto import pem, x509  # noqa: PLC0415 - beside the others that are measured
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 - the same
    from pyhanko.sign.validation import validate_pdf_signature  # noqa: PLC0415 - the same
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 - the same

    root = x509.Certificate.load(pem.unarmor(key.certificate)[2])

    def check() -> object:
        seal = PdfFileReader(io.BytesIO(sealed)).embedded_signatures[0]
        status = validate_pdf_signature(seal, ValidationContext(trust_roots=[root], allow_fetching=False))
        assert status.bottom_line
        return status

    return check


def table(figures: list[Figure], load: float) -> str:
    """Write the figures for people."""
    known = {figure.name: figure for figure in figures}
    lines = [
        f"# {datetime.now(UTC):%d %B %Y}: seals", "",
        f"One agreement of the usual text after another, on {os.cpu_count()} cores. Load average when it began: {load:.1f}.",
        "Milliseconds; what counts is the ratio to the floor of the same run.", "",
        "| operation | p50 | p99 | CPU each | × its floor |", "|---|---|---|---|---|",
    ]  # fmt: skip
    for figure in figures:
        floor = known.get(FLOORS.get(figure.name, ""))
        ratio = f"{figure.p50 / floor.p50:.2f} × {floor.name}" if floor else "is a floor"
        lines.append(f"| {figure.name} | {figure.p50:.1f} | {figure.p99:.1f} | {figure.cpu:.1f} | {ratio} |")
    return "\n".join([*lines, ""])


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "partnernet.settings", "LOG_LEVEL": "WARNING"}
    database.prepare(0, 0)

    import django  # noqa: PLC0415 - the database is chosen above

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()

    call_command("migrate", verbosity=0)
    load = os.getloadavg()[0]
    figures = measured()
    name = f"{datetime.now(UTC):%Y-%m-%d}-seals"
    told = {"load": load, "figures": [asdict(figure) for figure in figures]}
    (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
    (RESULTS / f"{name}.md").write_text(table(figures, load))
    print(table(figures, load))


if __name__ == "__main__":
    main()
