#!/usr/bin/env python3
"""Writes stores as this version leaves them, at rest and killed: make_stores.py SOP VERSION

VERSION is the format's number, of the last of runtime/store/sqlite/migrations. Takes half a minute: `sop serve` runs on the real
clock. What is in them, and what must become of it: tests/runtime/store/earlier_versions_test.cpp.
"""
import contextlib, http.server, json, pathlib, shutil, signal, sqlite3, subprocess, sys, tempfile, threading, time

PLAYBOOKS = """sop 1
tag member, reader, keen, rich, lucky
role owner
event opened {{ }}
event bought {{ points: number }}
event spent {{ points: number }}
event returned {{ of: bought }}
event order {{ items: number = 1 }}
event asked {{ }}
pool coupons
points expire after 2 days timezone UTC
metric orders = count(order)
channel hook {{ kind webhook }}
content tip {{
  pick rotate
  text "The first tip"
  text "The second tip"
}}
tier groups tagged member every day at {tier} timezone UTC {{
  keen: orders(today) >= 1
}}
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
playbook games {{
  timezone UTC
  via hook
  earn: on bought at most 1 per member per day for members {{ points +event.points because "bought" }}
  spend: on spent for members {{
    points -event.points because "spent" {{
      yes: send "{{member.points}} are left"
      no:  send "You have only {{member.points}}"
    }}
  }}
  undo: on returned for members {{ take back event.of }}
  rich: when member.points >= 20 for members {{
    tag rich
    send tip
    after 20h: send tip
  }}
  raffle: every day at {raffle} for 2s for groups tagged member {{
    end: draw 1 from order once per member {{
      winner: {{
        tag lucky to event.member
        give coupons {{
          yes: post "The code is {{given.code}}"
          no:  post "No code is left"
        }}
      }}
    }}
  }}
  relay: every day at {at} for 1h for groups tagged member {{
    start: collect order.items limit 4 {{
      refused: post "{{collected.left}} are left"
      full:    post "That is all: {{collected.list}}"
    }}
    end: post "{{count(order, since start)}} orders"
  }}
  handover: on asked for groups concurrent parallel {{
    task "Call {{group.name}}" to owner within 4h {{
      done: post "They were called"
      late: post "Nobody called"
    }}
  }}
  paused: every day at {at} for groups tagged member {{ post "Not to be seen" }}
}}
"""
ORDER = {"type": "order", "group": "g1", "member": "m2"}


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


def of_day(at):
    return time.strftime("%H:%M:%S", time.gmtime(at))


class Program:
    """`sop` in a folder, as people use it beside the executor."""

    def __init__(self, sop, folder):
        self.sop, self.folder = sop, folder

    def run(self, *words, code=0, **options):
        done = subprocess.run([self.sop, *words], cwd=self.folder, text=True, capture_output=True, **options)
        assert done.returncode == code, (words, done)

    def happen(self, *events):
        self.run("ingest", input="".join(json.dumps(each) + "\n" for each in events))
        self.wait_for("SELECT NOT EXISTS (SELECT * FROM event WHERE processed = 0)")

    def wait_for(self, query):
        for _ in range(200):
            with contextlib.closing(sqlite3.connect(f"file:{self.folder}/sop.db?mode=ro", uri=True)) as store:
                if store.execute(query).fetchone()[0]:
                    return
            time.sleep(0.05)
        raise TimeoutError(query)


def live_before_the_sale(program, raffle):
    """One of everything that a store keeps besides messages."""
    (program.folder / "codes.csv").write_text("code\nA1\nA2\n")
    program.run("pools", "import", "coupons", "codes.csv")
    program.run("pause", "games.paused")
    during = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(raffle + 1))
    program.happen(
        {"id": "b1", "type": "bought", "member": "m2", "fields": {"points": 30}},
        {"id": "b2", "type": "bought", "member": "m3", "fields": {"points": 20}},
        {"id": "b3", "type": "bought", "member": "m2", "fields": {"points": 5}},  # the second of the day
        {"id": "r1", "type": "returned", "member": "m3", "fields": {"of": "b2"}},
        {"id": "s1", "type": "spent", "member": "m2", "fields": {"points": 10}},
        {"id": "s2", "type": "spent", "member": "m3", "fields": {"points": 10}},
        {"id": "a1", "type": "asked", "group": "g1"},
        {"id": "a2", "type": "asked", "group": "g1"},
        {"id": "o1", **ORDER, "at": during},
    )
    program.run("ingest", input='{"type": "nonsense"}\n', code=1)
    program.run("tasks", "done", "1", "--by", "lily")
    program.run("forget", "m9", "--yes")
    program.wait_for("SELECT count(*) = 4 FROM draw")
    program.wait_for("SELECT count(*) > 0 FROM tier_change")


def make(sop, name, refused, hanging, seen, in_flight, end):
    sink = Sink(refused, hanging)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        at = int(time.time()) + 9
        raffle, tier = at - 5, at - 2
        (folder / "rules.sop").write_text(
            PLAYBOOKS.format(at=of_day(at), raffle=of_day(raffle), tier=of_day(tier)))
        (folder / "groups.csv").write_text("id,name,owner,tags\n" + "".join(f"g{i},Group {i},o,member\n" for i in range(1, 5)))
        (folder / "members.csv").write_text("id,name,tags\nm1,Wang Fang,\nm2,Li Na,\nm3,Zhang Wei,\nm9,Gone,\n")
        (folder / "sop.toml").write_text(
            '[directory]\ngroups = "groups.csv"\nmembers = "members.csv"\n[channels.hook]\n'
            f'url = "http://127.0.0.1:{sink.server_port}/"\nin_flight = {in_flight}\n')
        serve = subprocess.Popen([sop, "serve", scratch], stderr=subprocess.PIPE, text=True)
        while "event=serving" not in serve.stderr.readline():
            pass
        program = Program(sop, folder)
        program.run("emit", "opened", "--member", "m1", "--id", "e1")
        sink.wait_for(["m1"])
        live_before_the_sale(program, raffle)
        sink.wait_for(seen)
        program.happen({"id": "o2", **ORDER, "fields": {"items": 3}}, {"id": "o3", **ORDER, "fields": {"items": 2}})
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
