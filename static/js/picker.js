/* The customer field of an order's first step. Choosing a suggestion fills the hidden field and
   shows the customer; "Change" brings the search back. Without scripts "Find" answers with radio
   buttons of the same name. */

import { appendTags, combobox } from "./combobox.js";

function setup(picker) {
  const value = picker.querySelector("[data-picker-value]");
  const chosen = picker.querySelector("[data-picker-chosen]");
  const search = picker.querySelector("[data-picker-search]");
  const own = picker.querySelector("[data-picker-own]");
  const input = search.querySelector("input[type=search], input[type=text]");
  const tick = own && own.querySelector("input[type=checkbox]");
  const needed = Boolean(tick && tick.required);

  function show(item) {
    value.value = item.id;
    chosen.querySelector("[data-name]").textContent = item.name;
    chosen.querySelector("[data-rest]").textContent =
      [item.number, item.town].filter(Boolean).join(", ");
    const tags = chosen.querySelector("[data-tags]");
    tags.replaceChildren();
    appendTags(tags, item);
    chosen.hidden = false;
    search.hidden = true;
    search.querySelectorAll("input[type=radio]").forEach(function (radio) {
      radio.checked = false;
    });
    if (own) {
      own.hidden = true;
      tick.checked = false;
      tick.required = false;
    }
    input.value = "";
    chosen.querySelector("[data-change]").focus();
    picker.dispatchEvent(new CustomEvent("picker:changed", { bubbles: true }));
  }

  function change() {
    value.value = picker.dataset.own || "";
    chosen.hidden = true;
    search.hidden = false;
    if (own) {
      own.hidden = false;
      tick.required = needed;
    }
    input.focus();
    picker.dispatchEvent(new CustomEvent("picker:changed", { bubbles: true }));
  }

  const button = chosen.querySelector("[data-change]");
  button.hidden = false;
  button.addEventListener("click", change);
  /* Text that was typed and not chosen from stays in sight, with the question about it. */
  if (!chosen.hidden && !input.value) {
    search.hidden = true;
    if (own) {
      own.hidden = true;
      tick.required = false;
    }
  }
  combobox({
    input: input,
    list: search.querySelector("[role=listbox]"),
    status: search.querySelector("[data-count]"),
    url: picker.dataset.url,
    onPick: show,
  });
  /* Enter in the search must not send the half-filled form. */
  input.addEventListener("keydown", function (event) {
    if (event.key === "Enter") event.preventDefault();
  });
}

document.querySelectorAll("[data-picker]").forEach(setup);
