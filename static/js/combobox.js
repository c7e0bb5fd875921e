/* An input with suggestions (WAI-ARIA 1.2 combobox with a listbox, in groups where the answer has
   them). Used by the search in the top bar, by the customer field of an order and by the products of
   a quote. It asks from three characters on, and drops an answer that a later question has
   overtaken. */

const LEAST = 3;
const WAIT = 150;

/* Pieces of a text, those that were found inside <mark>; built from nodes, never from markup. */
function marked(pieces) {
  const part = document.createDocumentFragment();
  pieces.forEach(function (piece) {
    const mark = document.createElement("mark");
    mark.textContent = piece[0];
    part.append(piece[1] ? mark : piece[0]);
  });
  return part;
}

/* A customer's tags, each with a blank after it, as children of the node. */
export function appendTags(node, item) {
  (item.tags || []).forEach(function (tag) {
    const flag = document.createElement("span");
    flag.className = ("k-tag " + (tag.tone || "")).trim();
    flag.textContent = tag.label || tag;
    node.append(flag, " ");
  });
}

function option(item, id, name) {
  const row = document.createElement(name);
  row.id = id;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  const text = document.createElement("span");
  const title = document.createElement("span");
  title.className = "k-strong";
  title.append(marked(item.shown[0]));
  const rest = document.createElement("span");
  rest.className = "k-dim";
  rest.append(marked(item.shown[1]));
  text.append(title, " ", rest);
  row.append(text);
  const tags = document.createElement("span");
  appendTags(tags, item);
  if (tags.childElementCount) row.append(tags);
  return row;
}

/* The rows of a list: options, or groups with a heading and their options. */
function rows(found, id) {
  const made = [];
  let group = null;
  let label = "";
  found.forEach(function (item, at) {
    if (!item.group) {
      made.push(option(item, id + "-" + at, "li"));
      return;
    }
    if (!group || item.group !== label) {
      label = item.group;
      group = document.createElement("div");
      group.setAttribute("role", "group");
      const head = document.createElement("div");
      head.id = id + "-group-" + at;
      head.className = "k-suggest-head";
      head.setAttribute("role", "presentation");
      head.textContent = label;
      group.setAttribute("aria-labelledby", head.id);
      group.append(head);
      made.push(group);
    }
    group.append(option(item, id + "-" + at, "div"));
  });
  return made;
}

/* Makes the input a combobox. settings: input, list, status (optional), url, onPick(item), and
   optionally recent: the address of what an empty box offers; least: from how many characters on
   it asks; prepare(item): what to show of a suggestion. Enter takes the only suggestion. */
export function combobox(settings) {
  const input = settings.input;
  const list = settings.list;
  const status = settings.status;
  const least = settings.least || LEAST;
  const floats = Boolean(status && status.classList.contains("k-float"));
  let items = [];
  let options = [];
  let active = -1;
  let timer = 0;
  let asked = 0;
  let shownFor = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function mark(index) {
    active = index;
    options.forEach(function (row, at) {
      row.setAttribute("aria-selected", String(at === index));
      if (at === index) row.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) input.setAttribute("aria-activedescendant", options[index].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    if (floats) status.classList.add("visually-hidden");
    mark(-1);
  }

  function open() {
    if (!items.length) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function say(count) {
    if (!status) return;
    status.textContent = count ? status.dataset.some + " " + count : status.dataset.none;
    if ("visible" in status.dataset) status.classList.toggle("visually-hidden", count > 0);
  }

  function show(found, query) {
    items = settings.prepare ? found.map(settings.prepare) : found;
    shownFor = query;
    list.replaceChildren.apply(list, rows(items, list.id));
    options = Array.from(list.querySelectorAll("[role=option]"));
    mark(-1);
    if (found.length) open();
    else close();
    if (query || found.length) say(found.length);
  }

  function forget() {
    items = [];
    shownFor = null;
    close();
    if (status) status.textContent = "";
  }

  function ask() {
    const query = input.value.trim();
    const turn = ++asked;
    if (query.length < least && (query || !settings.recent)) {
      forget();
      return;
    }
    const url = new URL(query ? settings.url : settings.recent, location.href);
    if (query) url.searchParams.set("q", query);
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : { results: [] }; })
      .then(function (data) {
        if (turn === asked && document.activeElement === input) show(data.results, query);
      })
      .catch(function () { if (turn === asked) close(); });
  }

  function pick(index) {
    const item = items[index];
    asked += 1;
    close();
    settings.onPick(item);
  }

  function isOnly() {
    return items.length === 1 && shownFor !== "" && shownFor === input.value.trim();
  }

  input.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
  input.addEventListener("focus", function () {
    const query = input.value.trim();
    if (shownFor !== null && shownFor === query) open();
    else if (!query && settings.recent) ask();
  });
  input.addEventListener("blur", function () { window.setTimeout(close, 100); });
  input.addEventListener("keydown", function (event) {
    const last = items.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) open();
      if (list.hidden) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      let next = active + step;
      if (next > last) next = 0;
      if (next < 0) next = last;
      mark(next);
    } else if (event.key === "Enter" && !list.hidden && (active >= 0 || isOnly())) {
      event.preventDefault();
      pick(active >= 0 ? active : 0);
    } else if (event.key === "Escape") {
      if (list.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  });
  list.addEventListener("mousedown", function (event) { event.preventDefault(); });
  list.addEventListener("click", function (event) {
    const row = event.target.closest("[role=option]");
    if (row) pick(options.indexOf(row));
  });
  list.addEventListener("mousemove", function (event) {
    const row = event.target.closest("[role=option]");
    if (row && row.getAttribute("aria-selected") !== "true") mark(options.indexOf(row));
  });
}
