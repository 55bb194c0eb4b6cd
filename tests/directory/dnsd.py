"""A name server with SRV and A records, which may fall silent, and addresses
that answer nobody.
"""
import contextlib
import socket
import struct
import threading

A, SRV = 1, 33


def labels(name):
    return b"".join(bytes([len(x)]) + x.encode()
                    for x in name.split(".")) + b"\0"


def answer(query, records, hosts):
    """records: {name: [(priority, weight, host)]}, hosts: {name: [address]},
    all good for a minute."""
    at, name = 12, []
    while query[at]:
        name.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    question = query[12:at + 5]
    kind, = struct.unpack(">H", query[at + 1:at + 3])
    name = ".".join(name).lower()
    there = name in records or name in hosts
    found = [struct.pack(">HHH", priority, weight, 389) + labels(host)
             for priority, weight, host in records.get(name, [])
             if kind == SRV] + [socket.inet_aton(a) for a in
                                hosts.get(name, []) if kind == A]
    parts = [query[:2] + struct.pack(">HHHHH", 0x8580 if there else 0x8583, 1,
                                     len(found), 0, 0), question]
    for data in found:
        parts.append(struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) +
                     data)
    return b"".join(parts)


@contextlib.contextmanager
def serving(records, hosts=None, silence=None):
    """Gives the list of the questions' numbers, as they come. While silence,
    an event, is set nobody is answered."""
    asked = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 53))

        def serve():
            while True:
                query, peer = sock.recvfrom(4096)
                if not query:
                    return
                asked.append(query[:2])
                if not (silence and silence.is_set()):
                    sock.sendto(answer(query, records, hosts or {}), peer)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield asked
        finally:
            sock.sendto(b"", sock.getsockname())
            thread.join(10)


@contextlib.contextmanager
def black_hole(address, port):
    """Who connects there hears nothing: the queue of who listens is full."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with contextlib.ExitStack() as stack:
        hole = stack.enter_context(socket.socket(family))
        hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        hole.bind((address, port))
        hole.listen(0)
        for _ in range(3):
            inside = stack.enter_context(socket.socket(family))
            inside.setblocking(False)
            inside.connect_ex((address, port))
        yield
