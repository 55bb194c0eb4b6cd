"""Fixtures: servers that answer as vmdir does, hosts that ask them."""
import os
import pathlib
import sys
import types

import pytest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(__file__))

import entries  # noqa: E402
import jobs  # noqa: E402
import rig  # noqa: E402
import server  # noqa: E402
import vmdir  # noqa: E402


# --- a test that did not run has not passed -----------------------------------

@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.skipped or hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = "%s: skipped or expected to fail" % item.nodeid
        if hasattr(report, "wasxfail"):
            del report.wasxfail


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    if not session.items:
        pytest.exit("no test was collected", returncode=1)


# --- the machine --------------------------------------------------------------

@pytest.fixture(scope="session")
def machine(tmp_path_factory):
    build = os.environ.get("LW_BUILD")
    if not build or not os.path.exists(
            os.path.join(build, "lightwaved/lightwaved-worker")):
        pytest.exit("LW_BUILD names no directory with the programs built",
                    returncode=1)
    folder = tmp_path_factory.mktemp("machine")
    rig.enter_namespaces(folder)
    ca, context = rig.make_ca(folder)
    return types.SimpleNamespace(
        build=pathlib.Path(build).resolve(), folder=folder, ca=ca,
        context=context)


@pytest.fixture
def domain():
    d = entries.Domain()
    d.alice = d.user("alice", password=entries.PASSWORD, cn="Alice Adams")
    d.bob = d.user("bob", password=entries.PASSWORD)
    d.inner = d.group("inner", "cn=Builtin," + entries.BASE,
                      members=[d.alice])
    d.outer = d.group("outer", members=[d.inner, d.bob])
    return d


@pytest.fixture
def serve(machine, domain):
    """serve(1): dc1, on a port of its own choice or 636."""
    servers = []

    def start(number, directory=None, context=None, port=636, address=None):
        name = rig.HOSTS[number - 1]
        s = server.Server(directory or vmdir.Vmdir(domain, name),
                          context or machine.context,
                          address or "127.0.0.%d" % number, port)
        s.host = name
        servers.append(s)
        return s
    yield start
    for s in servers:
        s.stop()
        assert not s.errors, s.errors[0]


@pytest.fixture
def dc1(serve):
    return serve(1)


@pytest.fixture
def dc2(serve):
    return serve(2)


@pytest.fixture
def start_host(machine, tmp_path):
    """start_host(servers...): a worker that asks them, in that order."""
    hosts = []

    def start(*servers, **more):
        folder = tmp_path / str(len(hosts))
        folder.mkdir()
        hosts.append(rig.Host(folder, machine.build, machine.ca, servers,
                              **more))
        return hosts[-1]
    yield start
    for h in hosts:
        h.stop()


@pytest.fixture
def host(start_host, dc1):
    host = start_host(dc1.host)
    host.settled()
    return host


@pytest.fixture
def ask(host):
    return host.ask()


@pytest.fixture
def follow(ask):
    """Where the numbers stand now: (server, highest)."""
    end = ask.sync()
    assert (end.status, end.extra["kind"]) == ("OK", jobs.UNKNOWN)
    return end.extra["server"], end.extra["highest"]
