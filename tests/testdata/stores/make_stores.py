#!/usr/bin/env python3
"""Writes stores as this version leaves them, at rest and killed: make_stores.py SOP VERSION

VERSION is the format's number, of the last of runtime/store/sqlite/migrations. Takes half a minute: `sop serve` runs on the real
clock. What is in them, and what must become of it: tests/runtime/store/earlier_versions_test.cpp.
"""
import http.server, json, pathlib, shutil, signal, subprocess, sys, tempfile, threading, time

PLAYBOOK = """sop 1
tag member, reader
event opened {{ }}
channel hook {{ kind webhook }}
playbook p {{
  timezone UTC
  via hook
  sale: every day at {at} for groups tagged member {{
    start:       post "Now, {{group.name}}"
    start + 1h:  post "One hour later"
    start + 20h: post "The last call"
  }}
  course: on opened for members {{
    tag reader
    send "Welcome, {{member.name}}"
    after 30h: send "The second part"
  }}
}}
"""


class Sink(http.server.ThreadingHTTPServer):
    """Answers 404 to those who are refused, and nothing to those who hang."""

    daemon_threads = True

    def __init__(self, refused, hanging):
        self.refused, self.hanging, self.seen, self.changed = refused, hanging, [], threading.Condition()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def wait_for(self, subjects):
        with self.changed:
            assert self.changed.wait_for(lambda: set(subjects) <= set(self.seen), 20), self.seen


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        subject = body.get("group") or body.get("member")
        if subject in self.server.hanging:
            with self.server.changed:
                self.server.seen.append(subject)
                self.server.changed.notify_all()
            threading.Event().wait()
        self.send_response(404 if subject in self.server.refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        with self.server.changed:
            self.server.seen.append(subject)
            self.server.changed.notify_all()

    def log_message(self, *_):
        pass


def make(sop, name, refused, hanging, seen, in_flight, end):
    sink = Sink(refused, hanging)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        at = time.strftime("%H:%M:%S", time.gmtime(time.time() + 4))
        (folder / "rules.sop").write_text(PLAYBOOK.format(at=at))
        (folder / "groups.csv").write_text("id,name,owner,tags\n" + "".join(f"g{i},Group {i},o,member\n" for i in range(1, 5)))
        (folder / "members.csv").write_text("id,name,tags\nm1,Wang Fang,\n")
        (folder / "sop.toml").write_text(
            '[directory]\ngroups = "groups.csv"\nmembers = "members.csv"\n[channels.hook]\n'
            f'url = "http://127.0.0.1:{sink.server_port}/"\nin_flight = {in_flight}\n')
        serve = subprocess.Popen([sop, "serve", scratch], stderr=subprocess.PIPE, text=True)
        while "event=serving" not in serve.stderr.readline():
            pass
        subprocess.run([sop, "emit", "opened", "--member", "m1", "--id", "e1"], cwd=scratch, check=True)
        sink.wait_for(["m1"])
        sink.wait_for(seen)
        serve.send_signal(end)
        serve.wait()
        here = pathlib.Path(__file__).parent
        for suffix in ("", "-wal"):
            if (folder / f"sop.db{suffix}").exists():
                shutil.copy(folder / f"sop.db{suffix}", here / f"{name}.db{suffix}")
    sink.shutdown()


if __name__ == "__main__":
    sop, version = str(pathlib.Path(sys.argv[1]).resolve()), int(sys.argv[2])
    make(sop, f"version_{version}", {"g3"}, {"g4"}, ["g1", "g2", "g3", "g4"], 4, signal.SIGTERM)
    make(sop, f"version_{version}_killed", set(), {"g2", "g3"}, ["g1", "g2", "g3"], 2, signal.SIGKILL)
