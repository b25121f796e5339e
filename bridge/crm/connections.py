"""Opens a CRM from its configuration."""

import httpx
from pydantic import SecretStr

from bridge.crm.codecs import DECODERS
from bridge.crm.rest_readers import RestReader
from bridge.crm.rest_writers import RestWriter
from bridge.crm.specs import CrmSpec
from bridge.crm.transports import Transport
from bridge.ports import Clock


def open_crm(
    name: str, spec: CrmSpec, secret: SecretStr, clock: Clock, *, wire: httpx.BaseTransport | None = None
) -> tuple[RestReader, RestWriter]:
    """The reader and the writer of one CRM over one transport; nothing is sent yet.

    `wire` stands for the network where a program brings its own. Raises InvalidConfig where no header takes the secret.
    """
    decoder = DECODERS[spec.decode] if spec.decode else None
    transport = Transport(name, spec.client, secret, clock, decoder=decoder, wire=wire)
    return RestReader(name, spec, transport), RestWriter(name, spec, transport)
