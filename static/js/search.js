/* The search in the top bar. `/` and Ctrl-K go to it; choosing a customer makes it the active one,
   choosing anything else opens it. Enter with nothing chosen takes the only suggestion; with
   several it opens the page of results, as without scripts. */

import { combobox } from "./combobox.js";

function setup(form, change) {
  const input = form.querySelector("input[name=q]");
  combobox({
    input: input,
    list: form.querySelector("[role=listbox]"),
    status: form.querySelector("[data-count]"),
    url: form.dataset.url,
    recent: form.dataset.recent,
    onPick: function (item) {
      if (!item.id) {
        location.assign(item.url);
        return;
      }
      change.elements.customer.value = item.id;
      change.requestSubmit();
    },
  });
  document.addEventListener("keydown", function (event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    if (!slash && !k) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}

const form = document.querySelector("form[data-search]");
const change = document.getElementById("switch-form");
if (form && change) setup(form, change);
