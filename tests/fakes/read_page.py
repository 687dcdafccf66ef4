"""A page as a reader's program sees it: what claims, by its statement, and all other text."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "hr", "link", "input"}


class ReadPage(HTMLParser):
    """Text of a page by where it stands.

    said : (numbers of statements, text) of each element that carries them
    limits : what is said not to be meant
    other : all other text, in order; styles left out
    anchors, links, names : ids, in-page links, and every id's count
    """

    def __init__(self, page):
        super().__init__()
        self.said, self.limits, self.other = [], [], []
        self.anchors, self.links, self.loaded = [], [], []
        self._open = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        kind = None
        if "data-said" in given:
            kind = ("said", tuple(int(n) for n in given["data-said"].split()))
            self.said.append([kind[1], ""])
        elif "data-limits" in given:
            kind = ("limits", None)
        elif tag in ("style", "script"):
            kind = (tag, None)
        if tag not in VOID:
            self._open.append((tag, kind))
        self.anchors += [given["id"]] if "id" in given else []
        self.links += [given["href"][1:]] if given.get("href", "").startswith("#") else []
        outside = (given.get("src", ""), given.get("href", ""))
        self.loaded += [url for url in outside if url.startswith(("http", "//"))]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, text):
        kinds = [kind for _, kind in self._open if kind]
        if not text.strip() or any(kind[0] in ("style", "script") for kind in kinds):
            return
        if kinds and kinds[-1][0] == "said":
            self.said[-1][1] += text
        elif kinds:
            self.limits.append(text.strip())
        else:
            self.other.append(" ".join(text.split()))
