"""The certificate of `bin/start --lan`: this machine's addresses, an authority of the installation's own, and a leaf.

Run with .venv's Python as `-m runtime.certificate FOLDER ADDRESS` (an empty ADDRESS takes that of the default route);
standard output carries one JSON object for the launcher.

The authority may name nothing but private addresses and this machine: whoever steals its key can't pass for a bank.
"""

import ipaddress
import json
import os
import re
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS, LEAF_DAYS = 3650, 397  # phones refuse leaves that last longer
RENEW_DAYS = 30
# Never routed in the internet; the last two are this machine itself.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.2.0/24", "127.0.0.0/8", "::1/128")
# Networks that this machine makes up for containers and virtual machines.
INWARD = re.compile(r"^(docker|br-|veth|virbr|vmnet|vboxnet|cni|podman|lxc)")
LOCAL = ("localhost", "127.0.0.1", "::1")


class Refused(Exception):
    """Why nothing is opened, and what to do."""

    def __init__(self, why: str, cure: str) -> None:
        super().__init__(why)
        self.why, self.cure = why, cure


@dataclass(frozen=True)
class Machine:
    """Where this machine stands: `main` is the address of the default route, or empty."""

    addresses: tuple[str, ...]
    main: str
    host: str

    @property
    def names(self) -> tuple[str, ...]:
        """What people may type instead of the address."""
        short = self.host.partition(".")[0].lower()
        return (short, f"{short}.local") if re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", short) else ()


def this_machine() -> Machine:
    """As the system tells it."""
    up = {name for name, state in psutil.net_if_stats().items() if state.isup}
    found = [
        one.address
        for name, listed in psutil.net_if_addrs().items()
        if name in up and not INWARD.match(name)
        for one in listed
        if one.family == socket.AF_INET
    ]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))  # sends nothing; only asks which way it would go
            main = str(probe.getsockname()[0])
        except OSError:
            main = ""
    return Machine(tuple(found), main, socket.gethostname())


def choose(machine: Machine, wished: str) -> tuple[str, tuple[str, ...]]:
    """The address to open, and this machine's other ones in networks. Raises Refused."""
    inside = [one for one in machine.addresses if _is_private(one)]
    if wished:
        if wished not in machine.addresses:
            raise Refused(
                f"{wished} is no address of this machine; it has {_listed(machine.addresses)}.",
                "name one of these with --lan=ADDRESS, or leave the address out.",
            )
        chosen = wished
    else:
        chosen = machine.main if machine.main in machine.addresses else next(iter(inside), "")
        if not chosen:
            raise Refused("this machine has no address in a network.", "connect it, then start again.")
    if not _is_private(chosen):
        raise Refused(
            f"{chosen} is reached from the whole internet, not from your network alone.",
            "use a domain name and a proxy there (README, Deployment), or name a private address with --lan=ADDRESS.",
        )
    return chosen, tuple(one for one in inside if one != chosen)


def _is_private(address: str) -> bool:
    one = ipaddress.ip_address(address)
    return not one.is_loopback and any(one in ipaddress.ip_network(net) for net in PRIVATE if ":" not in net)


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(one for one in addresses if not one.startswith("127.")) or "none"


# --- certificates
def ensure(folder: Path, names: Sequence[str], now: datetime) -> x509.Certificate:
    """Have a leaf for these names and addresses, made anew when it ends soon or names others; its authority."""
    folder.mkdir(mode=0o700, exist_ok=True)
    authority = _read(folder / "ca.crt")
    if authority is None or _ends_soon(authority, now) or not (folder / "ca.key").exists():
        authority = _make_authority(folder, names, now)
    leaf = _read(folder / "server.crt")
    wanted = [name for name in dict.fromkeys([*names, *LOCAL]) if _allows(authority, name)]
    if leaf is None or _ends_soon(leaf, now) or leaf.issuer != authority.subject or _names_of(leaf) != set(wanted):
        _make_leaf(folder, authority, wanted, now)
    return authority


def _read(path: Path) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _ends_soon(certificate: x509.Certificate, now: datetime) -> bool:
    return certificate.not_valid_after_utc < now + timedelta(days=RENEW_DAYS)


def _names_of(leaf: x509.Certificate) -> set[str]:
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(one.value) for one in names}


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _allows(authority: x509.Certificate, name: str) -> bool:
    """Whether the authority may vouch for it: a machine that was renamed keeps the authority people trust."""
    permitted = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    wanted = _general(name)
    if isinstance(wanted, x509.IPAddress):
        nets = [ipaddress.ip_network(str(one.value)) for one in permitted if isinstance(one, x509.IPAddress)]
        return any(ipaddress.ip_address(name) in net for net in nets)
    return any(
        name == one.value or name.endswith(f".{one.value}") for one in permitted if isinstance(one, x509.DNSName)
    )


def _make_authority(folder: Path, names: Sequence[str], now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    hosts = [name for name in names if isinstance(_general(name), x509.DNSName)]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Keben"),
            # A name of its own for each: a phone that trusted an older one must not mix them up.
            x509.NameAttribute(NameOID.COMMON_NAME, f"Keben {_word(hosts or names)} {os.urandom(3).hex()}"),
        ]
    )
    permitted: list[x509.GeneralName] = [x509.DNSName(one) for one in dict.fromkeys([*hosts, "local", "localhost"])]
    permitted += [x509.IPAddress(ipaddress.ip_network(one)) for one in PRIVATE]
    usage = _usage(key_cert_sign=True, crl_sign=True, digital_signature=True)
    builder = (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256())
    _write_pair(folder, "ca", key, certificate)
    return certificate


def _make_leaf(folder: Path, authority: x509.Certificate, names: Sequence[str], now: datetime) -> None:
    authority_key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise Refused(f"{folder / 'ca.key'} isn't a key of ours.", f"move {folder} away; devices must trust a new one.")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _word(names))])
    builder = (
        _builder(subject, authority.subject, key.public_key(), now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
    )
    _write_pair(folder, "server", key, builder.sign(authority_key, hashes.SHA256()))


def _word(names: Sequence[str]) -> str:
    return names[0][:40] if names else "localhost"


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # phones whose clock is behind
        .not_valid_after(now + timedelta(days=days - 1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_pair(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    """The key first: who sees the new certificate finds the key that belongs to it."""
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    for path, content in (
        (folder / f"{name}.key", pem),
        (folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM)),
    ):
        draft = path.with_suffix(f"{path.suffix}.new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.replace(path)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 as phones and browsers show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def main(folder: Path, wished: str) -> dict[str, object]:
    machine = this_machine()
    try:
        address, others = choose(machine, wished)
        authority = ensure(folder, [address, *machine.names], datetime.now(UTC))
    except Refused as refused:
        return {"failed": refused.why, "cure": refused.cure}
    names = [name for name in machine.names if _allows(authority, name)]
    return {"address": address, "others": others, "names": names, "fingerprint": fingerprint(authority)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))
