/* Channel sales' search for a customer of any partner: choosing one opens it in its partner's
   admin; Enter opens the list of all that match, as without scripts. */

import { combobox } from "./combobox.js";

const form = document.querySelector("form[data-find-customer]");
if (form) {
  combobox({
    input: form.querySelector("input[name=q]"),
    list: form.querySelector("[role=listbox]"),
    status: form.querySelector("[data-count]"),
    url: form.dataset.url,
    onPick: function (item) { location.assign(item.url); },
  });
}
