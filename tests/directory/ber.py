"""BER, as far as LDAP needs it. No library: a hostile server must be able to
say what no library would write.
"""


class Malformed(Exception):
    """What came in is not BER."""


def length(n):
    if n < 128:
        return bytes([n])
    raw = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


def tlv(tag, *parts):
    body = b"".join(parts)
    return bytes([tag]) + length(len(body)) + body


def raw(value):
    return value.encode() if isinstance(value, str) else value


def octets(value, tag=0x04):
    return tlv(tag, raw(value))


def integer(n, tag=0x02):
    return tlv(tag, n.to_bytes(n.bit_length() // 8 + 1, "big", signed=True))


def sequence(*parts, tag=0x30):
    return tlv(tag, *parts)


class Reader:
    """One constructed value, read from its beginning to its end."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def more(self):
        return self.at < len(self.data)

    def peek(self):
        return self.data[self.at] if self.more() else None

    def next(self, tag=None):
        """The next value: (tag, its bytes)."""
        total = size(self.data[self.at:])
        if total is None:
            raise Malformed("cut short")
        got, head = self.data[self.at], 2
        if self.data[self.at + 1] & 0x80:
            head += self.data[self.at + 1] & 0x7F
        if tag is not None and got != tag:
            raise Malformed("tag %#x, not %#x" % (got, tag))
        body = bytes(self.data[self.at + head:self.at + total])
        self.at += total
        return got, body

    def octets(self, tag=0x04):
        return self.next(tag)[1]

    def integer(self, tag=0x02):
        return int.from_bytes(self.next(tag)[1], "big", signed=True)

    def inside(self, tag=0x30):
        return Reader(self.next(tag)[1])


def size(data):
    """How long the first value is, head and body; None: not all there."""
    if len(data) < 2:
        return None
    n, head = data[1], 2
    if n & 0x80:
        k = n & 0x7F
        if k == 0 or k > 4:
            raise Malformed("length of %d bytes" % k)
        head += k
        if len(data) < head:
            return None
        n = int.from_bytes(data[2:head], "big")
    return head + n if len(data) >= head + n else None
