#!/usr/bin/env python3
"""Looks at papers as their readers get them (docs/spec/document.md): check_papers.py FOLDER...

Each PDF below the folders: tagged, fonts embedded, text inside the margins, nothing of the document lost or
cut, no digest split over two lines but at its groups, no heading last on a page, columns named on each page of a
table. Each HTML page: language, headings in order, columns with a scope, a text beside each drawing, no script.
Prints what is wrong, a line each, and ends with 1; else how many were looked at.
"""
import html
import json
import os
import re
import subprocess
import sys

MARGIN = 56.0  # points left and right; head and foot lie further out
EDGE = 28.0
wrong = []


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def squeezed(text):
    return re.sub(r"\s+", "", text)


def flowing(text):
    """As it comes out of a PDF: without spaces, hyphens of line ends, marks for what cannot be shown."""
    return squeezed(text).replace("\u00ad", "").replace("\u200b", "")


def spans(value):
    return "".join(span["text"] for span in value)


def pages_of(pdf):
    """Text of each page in the order in which it was drawn; head and foot are drawn last."""
    pages = run("pdftotext", "-raw", pdf, "-").split("\f")[:-1]
    bodies = []
    for page in pages:
        lines = page.rstrip("\n").split("\n")
        bodies.append((flowing(page), lines))
    return bodies


def check_boxes(pdf):
    boxes = run("pdftotext", "-bbox", pdf, "-")
    width = height = 0.0
    for line in boxes.split("\n"):
        if page := re.search(r'<page width="([\d.]+)" height="([\d.]+)"', line):
            width, height = float(page[1]), float(page[2])
        word = re.search(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)</word>', line)
        if not word:
            continue
        left, top, right, bottom = (float(word[n]) for n in range(1, 5))
        if left < MARGIN or right > width - MARGIN or top < EDGE or bottom > height - EDGE:
            wrong.append(f"{pdf}: outside the margin: {word[5]}")


def texts_of(block):
    kind = block["kind"]
    if kind == "title_page":
        yield block["title"]
        yield block["subtitle"]
    if kind == "heading":
        yield block["text"]
    if kind in ("paragraph", "footnote"):
        yield spans(block["spans"])
    if kind == "list":
        yield from (spans(item) for item in block["items"])
    if kind == "notice":
        yield from (spans(paragraph) for paragraph in block["paragraphs"])
    if kind == "code_lines":
        yield from block["lines"]
    for entry in block.get("entries", []) + block.get("facts", []):
        yield entry["key"]
        yield spans(entry["value"])
    if kind == "table":
        for row in block["rows"]:
            yield from (spans(cell) for cell in row)
    if kind == "timeline":
        yield from (event["text"] for event in block["events"])


def is_there(text, whole):
    wanted = flowing(text)
    if not wanted or wanted in whole:
        return True
    # Broken by the end of a page, where head and foot stand between.
    words = [flowing(word) for word in text.split()]
    return len(words) > 1 and all(word in whole for word in words)


def beginning(block):
    """What a reader sees first of a block."""
    if block["kind"] == "table":
        return block["caption"] or block["columns"][0]["name"]
    if block["kind"] == "timeline":
        return block["lanes"][0]
    first = next((text for text in texts_of(block) if flowing(text)), "")
    return first.split(" ")[0]


def check_headings(pdf, blocks, pages):
    """What follows a heading begins on its page."""
    for at, block in enumerate(blocks):
        if block["kind"] != "heading":
            continue
        title = flowing(block["text"])
        after = flowing(beginning(blocks[at + 1])) if at + 1 < len(blocks) else None
        is_kept = after is not None and any(
            title in flow and after in flow[flow.index(title) + len(title):] for flow, _ in pages)
        if not is_kept:
            wrong.append(f"{pdf}: heading last on a page: {block['text']}")


def check_tables(pdf, blocks, pages):
    if len(pages) < 2:
        return
    for block in blocks:
        if block["kind"] != "table" or not block["rows"]:
            continue
        names = [flowing(column["name"]) for column in block["columns"]]
        for row in block["rows"]:
            cell = max((flowing(spans(one)) for one in row), key=len)
            holders = [flow for flow, _ in pages if cell in flow]
            if len(cell) < 12 or len(holders) != 1:
                continue
            if not all(name in holders[0] for name in names):
                wrong.append(f"{pdf}: a page of a table does not name its columns: {cell[:40]}")
                break


def check_hashes(pdf, texts, pages):
    whole = "".join(flow for flow, _ in pages)
    for text in texts:
        for digest in re.findall(r"\b[0-9a-f]{64}\b", text):
            if digest not in whole:
                wrong.append(f"{pdf}: a digest is not whole: {digest}")


def check_pdf(pdf):
    info = run("pdfinfo", pdf)
    if not re.search(r"^Tagged:\s+yes", info, re.M):
        wrong.append(f"{pdf}: not tagged")
    for line in run("pdffonts", pdf).split("\n")[2:]:
        if line and line.split()[-5] != "yes":
            wrong.append(f"{pdf}: a font is not embedded: {line.split()[0]}")
    check_boxes(pdf)
    pages = pages_of(pdf)
    for number, (flow, _) in enumerate(pages, 1):
        if len(flow) < 40:
            wrong.append(f"{pdf}: page {number} is empty")
    model = pdf[:-4] + ".json"
    if not os.path.exists(model):
        wrong.append(f"{pdf}: no JSON beside it")
        return
    with open(model, encoding="utf-8") as file:
        data = json.load(file)
    whole = "".join(flow for flow, _ in pages)
    if "blocks" in data:
        texts = [text for block in data["blocks"] for text in texts_of(block)]
        check_headings(pdf, data["blocks"], pages)
        check_tables(pdf, data["blocks"], pages)
    else:
        texts = [text for field in data["fields"] for text in field["text"].split("; ")]
    for text in texts:
        if not is_there(text, whole):
            wrong.append(f"{pdf}: lost or cut: {text[:60]}")
    check_hashes(pdf, texts, pages)


def check_html(path):
    with open(path, encoding="utf-8") as file:
        page = file.read()
    if not re.search(r'<html[^>]* lang="(en|nl)"', page):
        wrong.append(f"{path}: no language")
    if re.search(r"<script|javascript:|<link|src=\"http", page, re.I):
        wrong.append(f"{path}: something active, or from elsewhere")
    if not re.search(r"<title>[^<]+</title>", page):
        wrong.append(f"{path}: no title")
    last = 0
    for level in (int(n) for n in re.findall(r"<h([1-6])", page)):
        if level > last + 1:
            wrong.append(f"{path}: a heading of level {level} after one of level {last}")
        last = level
    for head in re.findall(r"<th\b[^>]*>", page):
        if "scope=" not in head:
            wrong.append(f"{path}: a column without a scope")
            break
    for drawing in re.findall(r"<svg\b.*?</svg>", page, re.S):
        if "<title" not in drawing and "aria-label" not in drawing:
            wrong.append(f"{path}: a drawing without words")
    if "\ufffd" in html.unescape(page):
        wrong.append(f"{path}: a character that cannot be shown")


def main():
    pdfs = pages = 0
    for folder in sys.argv[1:]:
        for place, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(place, name)
                if name.endswith(".pdf"):
                    pdfs += 1
                    check_pdf(path)
                if name.endswith(".html"):
                    pages += 1
                    check_html(path)
    for line in sorted(set(wrong)):
        print(line)
    if wrong or not pdfs:
        sys.exit(1)
    print(f"{pdfs} PDF and {pages} HTML: nothing cut, split, lost or outside the margin")


main()
