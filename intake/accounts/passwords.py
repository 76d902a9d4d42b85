"""Passwords: what is accepted, and how they are kept (argon2id)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from intake.core.errors import Invalid
from intake.core.i18n import lazy_gettext as _l
from intake.core.text import plain

MIN_CHARACTERS = 12
MAX_CHARACTERS = 200  # beyond this, hashing would be a way to keep the server busy
FEWEST_DIFFERENT = 5
#: Passwords of twelve characters and more that people (and those who guess) think of first: heads of the published
#: lists
#: of leaked passwords, in English and Spanish, and words of this site. Compared without accents, spaces or capitals.
COMMON = frozenset(
    """
    123456789012 1234567890123 12345678901234 123456789123 012345678910 0123456789ab 111111111111 000000000000
    121212121212 112233445566 123123123123 987654321098 qwertyuiop12 qwertyuiop123 qwertyuiopasdf qwertyuiopas
    qwerty123456 qwerty1234567 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5y6 zaq12wsxcde3 asdfghjkl123
    asdfghjklqwe zxcvbnm12345 abcdefghijkl abcd12345678 abc123456789 a1b2c3d4e5f6 aa1234567890 password1234
    password12345 password123456 passwordpassword mypassword123 adminadminadmin administrador administrador1
    administrator administrator1 admin12345678 iloveyou1234 iloveyouforever letmeinletmein welcome12345 changeme1234
    changemechangeme unbelievable superman1234 spiderman1234 pokemon12345 football1234 liverpool123 princess1234
    contrasena123 contrasena1234 contrasena12 contrasenasegura micontrasena micontrasena1 micontrasena123 clave1234567
    clave12345678 miclave12345 claveclaveclave tequieromucho teamomuchote teamoteamoteamo teamoparasiempre mividaeresTu
    dioseselamor diosesamor123 diosesbueno1 jesusesmivida jesuscristo1 barcelona123 barcelonasc1 emelec123456
    ligadequito1 ecuador12345 ecuador123456 ecuador2024 ecuador2025 ecuador2026 ecuadorecuador viva ecuador quito1234567
    guayaquil123 guayaquil1234 cuenca123456 galapagos123 gobiernoabierto gobiernoabierto1 gobierno1234 intakeintake
    intake123456 presidencia1 secretariado 1234567890ab qazwsxedcrfv 147258369147 159753159753 hola12345678 holahola1234
    holamundo123 bienvenido123 bienvenidos1 secreto12345 usuario12345 prueba123456 pruebaprueba testtesttest
    """.lower().split()
)
_hasher = PasswordHasher()


def configure(*, time_cost: int, memory_kib: int) -> None:
    """Set the cost of a hash; older ones are made anew when their owner next signs in."""
    global _hasher, _nobody  # noqa: PLW0603 -- one cost per process, chosen at start
    _hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=min(4, max(1, memory_kib // 8)))
    _nobody = None


#: The hash of a password that nobody has, so that an unknown address takes as long as a known one. Made when first
#: needed.
_nobody: str | None = None


def hashed(password: str) -> str:
    """How a password is stored."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the stored one; takes as long where none is stored."""
    global _nobody  # noqa: PLW0603 -- made once
    _nobody = _nobody or _hasher.hash("")
    try:
        _hasher.verify(stored or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether it was made with other costs than today's."""
    return _hasher.check_needs_rehash(stored)


def check(password: str, email: str, *, field: str = "password") -> None:
    """Raise `Invalid`, on ``field``, unless the password may be used for this account."""
    if len(password) < MIN_CHARACTERS:
        raise Invalid(_l("Use al menos %(n)s caracteres; puede ser una frase.", n=MIN_CHARACTERS), field=field)
    if len(password) > MAX_CHARACTERS:
        raise Invalid(_l("Use como máximo %(n)s caracteres.", n=MAX_CHARACTERS), field=field)
    folded = "".join(plain(password).split())
    if folded in COMMON or len(set(folded)) < FEWEST_DIFFERENT:
        raise Invalid(_l("Esa contraseña es de las primeras que se prueban. Elija otra."), field=field)
    if folded in {plain(email), plain(email).partition("@")[0]}:
        raise Invalid(_l("No use su propio correo como contraseña."), field=field)
