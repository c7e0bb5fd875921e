/* Adds and removes the rows of a formset: data-formset="<prefix>" around a [data-rows] list, a <template data-row> whose
   fields carry __prefix__, a [data-add] button, and in each [data-row] a [data-remove] button.
   Without scripts the server renders spare rows, and the delete box is ticked by hand. */

function setup(formset) {
  const prefix = formset.dataset.formset;
  const total = formset.querySelector('[name="' + prefix + '-TOTAL_FORMS"]');
  const most = formset.querySelector('[name="' + prefix + '-MAX_NUM_FORMS"]');
  const rows = formset.querySelector("[data-rows]");
  const template = formset.querySelector("template[data-row]");
  const add = formset.querySelector("[data-add]");
  if (!total || !rows || !template) return;

  function full() {
    return Boolean(most && most.value && Number(total.value) >= Number(most.value));
  }
  function prepare(row) {
    const remove = row.querySelector("[data-remove]");
    const box = row.querySelector('input[name$="-DELETE"]');
    if (!remove || !box) return;
    remove.hidden = false;
    box.closest("[data-row] > *").hidden = true;
    row.hidden = box.checked;
    remove.addEventListener("click", function () {
      box.checked = true;
      row.hidden = true;
      row.querySelectorAll("[required]").forEach(function (field) { field.required = false; });
      formset.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
      if (add) add.focus();
    });
  }

  rows.querySelectorAll("[data-row]").forEach(prepare);
  if (!add) return;
  add.hidden = full();
  add.addEventListener("click", function () {
    if (full()) return;
    const holder = document.createElement("template");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    const row = holder.content.firstElementChild;
    rows.append(holder.content);
    total.value = String(Number(total.value) + 1);
    add.hidden = full();
    prepare(row);
    const first = row.querySelector("input:not([type=hidden]), select, textarea");
    if (first) first.focus();
    formset.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  });
}

document.querySelectorAll("[data-formset]").forEach(setup);
