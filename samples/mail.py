"""E-mail messages as a mail program saves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from samples.marked import Marked


def as_eml(
    body: Marked,
    *,
    sender: tuple[str, str],
    subject: str,
    sent: datetime,
    attachments: Mapping[str, bytes] | None = None,
) -> bytes:
    """A message to the centre; `sender` is (name, address), attachments are PDF by file name."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{sender[0]} <{sender[1]}>"
    message["To"] = "Archive <archive@centre.example>"
    message["Subject"] = subject
    message["Date"] = format_datetime(sent)
    message["Message-ID"] = f"<{body.name}.{sent:%Y%m%d%H%M%S}@mail.example>"
    message.set_content(body.joined()[0] + "\n", cte="base64")
    for name, content in (attachments or {}).items():
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    if message.is_multipart():
        message.set_boundary(f"=={body.name}==")
    return message.as_bytes()
