"""What a store's errors mean: wait and ask again, an answer in itself, or an error with advice."""

from __future__ import annotations

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSLError,
)
from botocore.parsers import ResponseParserError

from aigaq.archive.errors import VaultError
from aigaq.archive.places import S3Place

VendorError = BotoCoreError | ClientError | ResponseParserError
VENDOR_ERRORS = (BotoCoreError, ClientError, ResponseParserError)

_PASSING_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
"""409: AWS's answer while another request to the same key is under way."""
_PASSING_CODES = frozenset(
    {"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "Throttling"}
)
"""Said with other statuses, too: `RequestTimeout` is a 400, `InternalError` may come in a 200."""
_KEYS = frozenset(
    {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AuthFailure"}
)
_AGAIN = "nothing is lost: start the same command again when the store answers"


class StoreRefusal(VaultError):
    """The store understood the request and said no; `status` and `code` are its own words."""

    def __init__(self, message: str, *, advice: str, status: int, code: str) -> None:
        super().__init__(message, advice=advice)
        self.status = status
        self.code = code

    @property
    def taken(self) -> bool:
        """An object stands under that key already."""
        return self.status == 412

    @property
    def missing(self) -> bool:
        """Nothing stands under that key, or no such upload is known."""
        return self.status == 404 and self.code != "NoSuchBucket"

    @property
    def altered(self) -> bool:
        """The bytes that arrived are not those of their checksum."""
        return self.status == 400 and ("Digest" in self.code or "Checksum" in self.code)


def is_passing(error: VendorError) -> bool:
    """Whether the same request may well succeed a little later."""
    if isinstance(error, ClientError):
        status, code = _answer(error)
        return status in _PASSING_STATUSES or code in _PASSING_CODES
    if isinstance(error, SSLError | ProxyConnectionError):
        return False
    return isinstance(
        error, ConnectionError | HTTPClientError | IncompleteReadError | ResponseParserError
    )


def told(error: VendorError, place: S3Place) -> VaultError:
    """The same as an error of ours, with advice."""
    if not isinstance(error, ClientError):
        return VaultError(f"{_store(place)}: {error}", advice=_advice(error))
    status, code = _answer(error)
    message = error.response.get("Error", {}).get("Message") or "no reason given"
    return StoreRefusal(
        f"{_store(place)} answered {status} {code}: {message}",
        advice=_advice_on_answer(status, code, place),
        status=status,
        code=code,
    )


def _answer(error: ClientError) -> tuple[int, str]:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status, error.response.get("Error", {}).get("Code", "")


def _store(place: S3Place) -> str:
    where = f" at {place.endpoint}" if place.endpoint else ""
    return f"the S3 store{where} (bucket {place.bucket})"


def _advice(error: VendorError) -> str:
    if isinstance(error, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return (
            "give the store's keys as boto3 reads them: AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or a profile in ~/.aws/credentials"
        )
    if isinstance(error, SSLError):
        return "name the certificates that the store is trusted by in the setting vault.ca_file"
    if is_passing(error):
        return _AGAIN
    return "check the settings vault.*; docs/s3.md has an example"


def _advice_on_answer(status: int, code: str, place: S3Place) -> str:
    if code == "NoSuchBucket":
        return f"make the bucket {place.bucket} as docs/s3.md says, or mend vault.bucket"
    if code == "RequestTimeTooSkewed":
        return "set the clock of this machine"
    if code in _KEYS:
        return "check the store's keys (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)"
    if status in (401, 403):
        return "give these keys the permissions that docs/s3.md lists"
    if status in (301, 307, 400) and ("Region" in code or "Redirect" in code or "Header" in code):
        return "check vault.region and vault.endpoint"
    if status in _PASSING_STATUSES or code in _PASSING_CODES:
        return _AGAIN
    return "look the answer up in the store's own manual, then start the same command again"
