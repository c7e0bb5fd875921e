/* An input that suggests customers (WAI-ARIA combobox with a listbox). Used by the search in the
   top bar and by the customer field of an order. It asks from three characters on, and drops an
   answer that a later question has overtaken. */

const LEAST = 3;
const WAIT = 150;

/* The text with the part that was typed inside <mark>; built from nodes, never from markup. */
function marked(text, query) {
  const part = document.createDocumentFragment();
  const at = text.toLocaleLowerCase().indexOf(query.toLocaleLowerCase());
  if (at < 0) {
    part.append(text);
    return part;
  }
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + query.length);
  part.append(text.slice(0, at), mark, text.slice(at + query.length));
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

function option(item, id, query) {
  const row = document.createElement("li");
  row.id = id;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  const text = document.createElement("span");
  const name = document.createElement("span");
  name.className = "k-strong";
  name.append(marked(item.name, query));
  const rest = document.createElement("span");
  rest.className = "k-dim";
  rest.append(marked([item.number, item.town].filter(Boolean).join(", "), query));
  text.append(name, " ", rest);
  row.append(text);
  const tags = document.createElement("span");
  appendTags(tags, item);
  if (tags.childElementCount) row.append(tags);
  return row;
}

/* Makes the input a combobox. settings: input, list, status (optional), url, onPick(item). */
export function combobox(settings) {
  const input = settings.input;
  const list = settings.list;
  const status = settings.status;
  let items = [];
  let active = -1;
  let timer = 0;
  let asked = 0;
  let shownFor = "";

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  function mark(index) {
    active = index;
    Array.from(list.children).forEach(function (row, at) {
      row.setAttribute("aria-selected", String(at === index));
      if (at === index) row.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) input.setAttribute("aria-activedescendant", list.children[index].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }

  function open() {
    if (!items.length) return;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  function show(found, query) {
    items = found;
    shownFor = query;
    list.replaceChildren.apply(list, found.map(function (item, at) {
      return option(item, list.id + "-" + at, query);
    }));
    mark(-1);
    if (status) {
      status.textContent = found.length
        ? status.dataset.some + " " + found.length
        : status.dataset.none;
      if ("visible" in status.dataset) {
        status.classList.toggle("visually-hidden", found.length > 0);
      }
    }
    if (found.length) open();
    else close();
  }

  function ask() {
    const query = input.value.trim();
    const turn = ++asked;
    if (query.length < LEAST) {
      items = [];
      shownFor = "";
      close();
      if (status) status.textContent = "";
      return;
    }
    const url = new URL(settings.url, location.href);
    url.searchParams.set("q", query);
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : { results: [] }; })
      .then(function (data) { if (turn === asked) show(data.results, query); })
      .catch(function () { if (turn === asked) close(); });
  }

  function pick(index) {
    const item = items[index];
    asked += 1;
    close();
    settings.onPick(item);
  }

  input.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
  input.addEventListener("focus", function () {
    if (shownFor && shownFor === input.value.trim()) open();
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
    } else if (event.key === "Enter" && !list.hidden && active >= 0) {
      event.preventDefault();
      pick(active);
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
    if (row) pick(Array.from(list.children).indexOf(row));
  });
  list.addEventListener("mousemove", function (event) {
    const row = event.target.closest("[role=option]");
    if (row && row.getAttribute("aria-selected") !== "true") {
      mark(Array.from(list.children).indexOf(row));
    }
  });
}
