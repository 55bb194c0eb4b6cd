"""An LDAPS server on one address and port: it accepts, speaks TLS, reads
messages and sends whatever its directory gives it. A thread a connection.
"""
import contextlib
import socket
import ssl
import threading
import traceback

import ber
import message


class Session:
    """One connection, from accept to its end."""

    def __init__(self, server, sock):
        self.server, self.sock = server, sock
        self.who = ""  # the DN it is bound as; "": nobody
        self.asked = []  # its requests

    def send(self, data):
        self.sock.sendall(data)

    def serve(self):
        data = bytearray()
        while True:
            n = ber.size(data)
            if n is None:
                more = self.sock.recv(65536)
                if not more:
                    return
                data += more
                continue
            q = message.read_request(bytes(data[:n]))
            del data[:n]
            if q.op == "unbind":
                return
            self.answer(q)

    def answer(self, q):
        self.asked.append(q)
        self.server.note(q)
        for part in self.server.reply(self, q):
            self.send(part)


class Server:
    """reply(session, request) gives the answer, part by part.

    A test may set what stands before the directory: hook(session, request),
    which gives parts, or None for the directory's own answer; greet(sock),
    which has the TCP connection before TLS and says whether to go on.
    """

    def __init__(self, directory, context, address, port):
        self.directory, self.context = directory, context
        self.address, self.port = address, port
        self.hook = self.greet = None
        self.lock = threading.Lock()
        self.requests, self.accepted, self.errors = [], 0, []
        self.open, self.listener = set(), None
        self.start()

    # --- what a test asks -----------------------------------------------------

    def note(self, q):
        with self.lock:
            self.requests.append(q)

    def asked(self, op=None):
        with self.lock:
            return [q for q in self.requests if op in (None, q.op)]

    def forget(self):
        with self.lock:
            self.requests.clear()

    def reply(self, session, q):
        hook = self.hook
        parts = hook(session, q) if hook else None
        if parts is None:
            parts = self.directory.reply(session, q)
        return parts

    # --- its life -------------------------------------------------------------

    def start(self):
        self.listener = socket.create_server(
            (self.address, self.port), family=socket.AF_INET6
            if ":" in self.address else socket.AF_INET)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,),
                         daemon=True).start()

    def stop(self):
        """Listen no more and drop every connection."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.drop()

    def drop(self):
        with self.lock:
            held = list(self.open)
        for sock in held:
            with contextlib.suppress(OSError):
                # Not ssl's: that would have the thread read on without TLS.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def accept(self, listener):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.accepted += 1
            threading.Thread(target=self.talk, args=(sock,),
                             daemon=True).start()

    def talk(self, sock):
        """A peer that goes away, or a test that ends, is no error here."""
        with self.lock:
            self.open.add(sock)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.greet and not self.greet(sock):
                return
            with self.context.wrap_socket(
                    sock, server_side=True, do_handshake_on_connect=False,
                    suppress_ragged_eofs=True) as tls:
                with self.lock:
                    self.open.discard(sock)
                    self.open.add(tls)
                sock = tls
                tls.do_handshake()
                Session(self, tls).serve()
        except (OSError, ssl.SSLError):
            pass
        except Exception:  # a mistake of the test's, or no LDAP at all
            self.errors.append(traceback.format_exc())
        finally:
            with self.lock:
                self.open.discard(sock)
            sock.close()
