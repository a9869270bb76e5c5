"""The formats of logs."""

from graphkeep.sources.logs.cef import CEF
from graphkeep.sources.logs.fast_alerts import FAST_LOG
from graphkeep.sources.logs.key_value import LOGFMT
from graphkeep.sources.logs.nfdump import NFDUMP
from graphkeep.sources.logs.packets.pcap import PCAP
from graphkeep.sources.logs.port_scans import PORT_SCAN
from graphkeep.sources.logs.syslog import SYSLOG
from graphkeep.sources.logs.vpc_flow import VPC_FLOW
from graphkeep.sources.logs.web_access import ACCESS_LOG, SQUID_LOG
from graphkeep.sources.logs.web_errors import ERROR_LOG
from graphkeep.sources.logs.zeek import ZEEK

LOG_FORMATS = (
    ZEEK, VPC_FLOW, NFDUMP, CEF, ACCESS_LOG, SQUID_LOG, ERROR_LOG, PORT_SCAN, FAST_LOG, SYSLOG, LOGFMT, PCAP,
)  # fmt: skip
