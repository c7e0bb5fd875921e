/* The products of a quote: a suggestion adds a row with its fields, "Remove" takes one away, and
   what was chosen before leads to its row. Nothing is saved before the form is sent. */

import { combobox } from "./combobox.js";

/* A copy of the blank row: __name__ in its attributes and texts is what is known of the product. */
function filledRow(template, values) {
  const row = template.content.firstElementChild.cloneNode(true);
  function fill(text) {
    return text.replace(/__([a-z][a-z-]*)__/g, function (all, name) { return name in values ? values[name] : all; });
  }
  [row, ...row.querySelectorAll("*")].forEach(function (node) {
    Array.from(node.attributes).forEach(function (attribute) {
      if (attribute.value.includes("__")) attribute.value = fill(attribute.value);
    });
    node.childNodes.forEach(function (child) {
      if (child.nodeType === Node.TEXT_NODE && child.data.includes("__")) child.data = fill(child.data);
    });
  });
  return row;
}

function setup(form) {
  const table = form.querySelector("[data-line-table]");
  const rows = form.querySelector("[data-line-rows]");
  const empty = form.querySelector("[data-no-lines]");
  const box = form.querySelector("[data-add-line]");
  const input = box && box.querySelector("input");
  const list = box && box.querySelector("[role=listbox]");

  function rowOf(id) {
    return rows.querySelector("[data-product='" + CSS.escape(id) + "']");
  }
  function quantityOf(row) {
    return row.querySelector("[name^='q_']:not([type=hidden])");
  }
  function changed() {
    const some = rows.childElementCount > 0;
    table.hidden = !some;
    empty.hidden = some;
    form.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  }
  function add(item) {
    let row = rowOf(item.id);
    if (!row) {
      row = filledRow(form.querySelector("template[data-line-blank]"), item.row);
      quantityOf(row).value = item.quantity;
      row.querySelector("[name^='t_']").value = item.term;
      rows.append(row);
      changed();
    }
    input.value = "";
    const target = quantityOf(row) || row.querySelector("[data-drop]");
    target.focus({ preventScroll: true });
    if (target.select) target.select();
    /* Clear of the bars at the top and the bottom. */
    row.scrollIntoView({ block: "center" });
  }

  rows.addEventListener("click", function (event) {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    const next = row.nextElementSibling || row.previousElementSibling;
    const name = row.querySelector(".k-strong").textContent.trim();
    row.remove();
    changed();
    if (next) next.querySelector("[data-drop]").focus();
    else if (input) input.focus();
    if (box) box.querySelector("[data-said]").textContent = box.dataset.removed.replace("{product}", name);
  });

  if (!box) return;
  /* What is only looked for is no change of the form, and Enter does not send it. */
  input.addEventListener("input", function (event) { event.stopPropagation(); });
  input.addEventListener("keydown", function (event) { if (event.key === "Enter") event.preventDefault(); });
  combobox({
    input: input,
    list: list,
    status: box.querySelector("[data-count]"),
    url: box.dataset.url,
    recent: box.dataset.url,
    least: 1,
    prepare: function (item) {
      return rowOf(item.id) ? { ...item, tags: [{ label: box.dataset.there, tone: "" }] } : item;
    },
    onPick: add,
  });
  new MutationObserver(function () {
    if (!list.hidden) list.scrollIntoView({ block: "nearest" });
  }).observe(list, { attributes: true, attributeFilter: ["hidden"] });
}

document.querySelectorAll("form[data-lines]").forEach(setup);
