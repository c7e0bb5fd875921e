/* Totals while one types, in a form[data-totals]: of each tr[data-line], below the table, and what
   the order would take of the customer's credit. The server reckons again when it saves. Amounts
   are announced when the typing has rested. */

import { cents, discounted, percentOf, quantityOf, written } from "./money.js";

const REST = 900;
const UNKNOWN = "–";
/* A service that another order keeps from this one has no field. */
const NOTHING = { quantity: 0n, oneOff: 0n, monthly: 0n, difference: 0n, months: 0n, exposure: 0n };
const SVG = "http://www.w3.org/2000/svg";

/* {one_off} and the like in a sentence of the server's. */
function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, function (all, name) { return name in values ? values[name] : all; });
}

function field(row, kind) {
  return row.querySelector("[name^='" + kind + "_']");
}

/* With its sign: −12.00, +12.00, 0.00. */
function signed(value, write) {
  return value < 0n ? "−" + write(-value) : (value > 0n ? "+" : "") + write(value);
}

/* A service that runs: its new total. What stays as it is adds nothing; the one-off price and the
   credit are for what is added. */
function readService(row) {
  const data = row.dataset;
  const input = field(row, "s");
  if (!input) return NOTHING;
  const total = quantityOf(input);
  if (total === null) return { wrong: input, words: data.whole };
  if (!input.value.trim()) return { wrong: input, words: data.missing };
  if (total > BigInt(data.high)) return { wrong: input, words: data.most };
  if (total === 0n) return { wrong: input, words: data.ends };
  if (total < BigInt(data.low)) return { wrong: input, words: data.bounds };
  const now = BigInt(data.now);
  const added = total > now ? total - now : 0n;
  const oneOff = added * cents(data.oneOff);
  return {
    quantity: total === now ? 0n : total,
    oneOff: oneOff,
    monthly: total === now ? 0n : total * cents(data.monthly),
    difference: (total - now) * cents(data.monthly),
    months: 0n,
    exposure: "free" in data ? 0n : oneOff + added * cents(data.monthly),
  };
}

/* What stands in a line: its sums, or the field that is wrong and what to say of it. */
function read(row, limit) {
  const data = row.dataset;
  if ("now" in data) return readService(row);
  const quantity = quantityOf(field(row, "q"));
  if (quantity === null) return { wrong: field(row, "q"), words: data.whole };
  if (quantity > BigInt(data.high) || (quantity && quantity < BigInt(data.low))) {
    return { wrong: field(row, "q"), words: quantity > BigInt(data.high) ? data.most : data.bounds };
  }
  const typed = field(row, "d");
  const percent = typed ? percentOf(typed.value) : 0n;
  if (percent === null) return { wrong: typed, words: data.percent };
  if (percent > limit) return { wrong: typed, words: data.limit };
  const term = field(row, "t");
  const oneOff = quantity * discounted(cents(data.oneOff), percent);
  const monthly = quantity * discounted(cents(data.monthly), percent);
  return {
    quantity: quantity,
    oneOff: oneOff,
    monthly: monthly,
    months: term ? BigInt(term.value || 0) : 0n,
    exposure: "free" in data ? 0n : oneOff + monthly,
  };
}

function sum(lines, name) {
  return lines.reduce(function (total, line) { return total + line[name]; }, 0n);
}

/* Over the term: for the lines that cost something each month, if all of them have one. */
function overTerm(lines) {
  const monthly = lines.filter(function (line) { return line.monthly; });
  if (!monthly.length || monthly.some(function (line) { return !line.months; })) return null;
  const terms = new Set(monthly.map(function (line) { return line.months; }));
  const total = monthly.reduce(function (all, line) { return all + line.monthly * line.months; }, 0n);
  return { total: total + sum(lines, "oneOff"), term: terms.size === 1 ? String([...terms][0]) : "all" };
}

/* The meter of the credit: bar, amounts, and what is missing. Tells whether it is too much. */
function showCredit(box, taken, write) {
  const limit = cents(box.dataset.limit);
  const used = cents(box.dataset.used);
  const known = taken === null ? 0n : taken;
  const free = limit - used - known;
  const over = free < 0n;
  const parts = [[used, "c-2"], [known, over ? "c-bad" : "c-4"], [over ? 0n : free, "c-rest"]];
  const shown = parts.filter(function (part) { return part[0] > 0n; });
  const all = shown.reduce(function (total, part) { return total + part[0]; }, 0n);
  const room = 1000 - 4 * Math.max(shown.length - 1, 0);
  let x = 0;
  const rects = shown.map(function (part) {
    const width = room * Number(part[0] * 100000n / all) / 100000;
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", part[1]);
    rect.setAttribute("x", x.toFixed(1));
    rect.setAttribute("width", width.toFixed(1));
    rect.setAttribute("height", "12");
    x += width + 4;
    return rect;
  });
  const amounts = {
    taken: taken === null ? UNKNOWN : write(taken),
    free: taken === null ? UNKNOWN : write(over ? 0n : free),
    missing: write(over ? -free : 0n),
  };
  const bar = box.querySelector("svg");
  bar.replaceChildren.apply(bar, rects);
  bar.setAttribute("aria-label", filled(box.dataset.words, amounts));
  box.querySelectorAll("[data-amount]").forEach(function (node) {
    node.textContent = amounts[node.dataset.amount];
  });
  box.querySelectorAll("[data-missing]").forEach(function (node) { node.hidden = !over; });
  const key = box.querySelector("[data-key]");
  key.classList.toggle("c-bad", over);
  key.classList.toggle("c-4", !over);
  return over && known > 0n;
}

function setup(form) {
  const sample = form.dataset.totals;
  const limit = "limit" in form.dataset ? cents(form.dataset.limit) : 10000n;
  const credit = form.querySelector("[data-credit]");
  const tooMuch = form.querySelectorAll("[data-too-much]");
  const status = form.querySelector("[data-totals-status]");
  const hint = form.querySelector("template[data-hint]");
  let timer = 0;
  let said = "";

  function write(value) { return written(value, sample); }

  function put(name, text) {
    form.querySelectorAll("[data-total='" + name + "']").forEach(function (node) { node.textContent = text; });
  }

  function showTerm(found) {
    form.querySelectorAll("[data-over-term]").forEach(function (node) {
      node.hidden = !found;
      if (!found) return;
      node.querySelector("[data-label-of-term]").textContent = form.dataset["term" + found.term];
    });
    if (found) put("over_term", write(found.total));
  }

  function recount() {
    const lines = Array.from(form.querySelectorAll("[data-line]"), function (row) {
      const line = read(row, limit);
      const none = line.wrong ? UNKNOWN : "";
      row.querySelector("[data-sum=one_off]").textContent = line.quantity ? write(line.oneOff) : none;
      row.querySelector("[data-sum=monthly]").textContent = line.quantity ? write(line.monthly) : none;
      row.querySelectorAll("[data-sum=difference]").forEach(function (node) {
        node.textContent = line.quantity ? signed(line.difference, write) : none;
      });
      row.querySelectorAll("[data-left-out]").forEach(function (node) { node.hidden = line.quantity !== 0n; });
      return line;
    });
    const whole = !lines.some(function (line) { return line.wrong; });
    const amounts = {
      one_off: whole ? write(sum(lines, "oneOff")) : UNKNOWN,
      monthly: whole ? write(sum(lines, "monthly")) : UNKNOWN,
    };
    put("one_off", amounts.one_off);
    put("monthly", amounts.monthly);
    put("difference", whole && lines.every(function (line) { return "difference" in line; })
      ? signed(sum(lines, "difference"), write) : UNKNOWN);
    showTerm(whole ? overTerm(lines) : null);
    let words = filled(status.dataset.words, amounts);
    if (credit) {
      const need = whole ? sum(lines, "exposure") : null;
      const over = showCredit(credit, need, write);
      const sentence = over ? filled(form.dataset.exceeded, { need: write(need) }) : "";
      tooMuch.forEach(function (node) {
        node.hidden = !over;
        node.lastElementChild.textContent = sentence;
      });
      words = (words + " " + sentence).trim();
    }
    return words;
  }

  function change() {
    const words = recount();
    window.clearTimeout(timer);
    timer = window.setTimeout(function () {
      if (words !== said) status.textContent = words;
      said = words;
    }, REST);
  }

  /* What is wrong in a field that was changed is said there when one leaves it, and goes as soon as
     it is mended; the server's words about what was there before give way. */
  function complain(row, leaving) {
    const found = read(row, limit);
    row.querySelectorAll("[data-touched]").forEach(function (input) {
      const id = input.id + "_hint";
      const there = document.getElementById(id);
      const wrong = found.wrong === input;
      if (wrong && !leaving) return;
      if (there) there.remove();
      const theirs = document.getElementById(input.id + "_error");
      if (theirs) theirs.remove();
      input.classList.toggle("is-invalid", wrong);
      input.removeAttribute("aria-describedby");
      input.removeAttribute("aria-invalid");
      if (!wrong) return;
      const words = hint.content.firstElementChild.cloneNode(true);
      words.id = id;
      words.lastElementChild.textContent = found.words;
      row.cells[0].append(words);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", id);
    });
  }

  form.addEventListener("input", function (event) {
    const row = event.target.closest("[data-line]");
    if (!row) return;
    event.target.dataset.touched = "";
    complain(row, false);
    change();
  });
  form.addEventListener("focusout", function (event) {
    const row = event.target.closest("[data-line]");
    if (row) complain(row, true);
  });
  form.addEventListener("change", change);
  form.addEventListener("rows:changed", change);
  /* Going back brings what was typed back, after this ran. */
  window.addEventListener("pageshow", recount);
  said = recount();
}

document.querySelectorAll("form[data-totals]").forEach(setup);
