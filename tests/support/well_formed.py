"""Whether files are well-formed, by Python's own readers. usage: well_formed.py FILE.html|FILE.svg…

Of a page every element has to be closed in its order and nothing may come from elsewhere.
"""
import sys
import xml.etree.ElementTree
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr", "input"}


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.wrong = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("script", "link", "img", "iframe"):
            self.wrong.append(f"<{tag}> at {self.getpos()}")
        self.wrong += [f"{name} at {self.getpos()}" for name, _ in attrs if name in ("src", "href") or name.startswith("on")]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_startendtag(self, tag, attrs):
        pass


for path in sys.argv[1:]:
    text = open(path, encoding="utf-8").read()
    if path.endswith(".svg"):
        xml.etree.ElementTree.fromstring(text)
        continue
    reader = Reader()
    reader.feed(text)
    reader.close()
    if reader.wrong or reader.open:
        sys.exit(f"{path}: {reader.wrong} {reader.open}")
