/* Warns before a changed form is left: the browser asks in its own words. Forms that are sent as
   soon as something is chosen, and those with data-leave, may be left at any time. A form that
   came back with errors holds something that is not saved. */

const changed = new Set();

function counts(form) {
  return form && form.method === "post" && !("immediate" in form.dataset) && !("leave" in form.dataset);
}

document.addEventListener("input", function (event) {
  const form = event.target.form;
  if (event.isTrusted && counts(form)) changed.add(form);
});
/* A row that was added or removed counts like something typed. */
document.addEventListener("rows:changed", function (event) {
  const form = event.target.closest("form");
  if (counts(form)) changed.add(form);
});
document.addEventListener("submit", function (event) {
  if (!event.defaultPrevented) changed.clear();
});
document.addEventListener("reset", function (event) { changed.delete(event.target); });

window.addEventListener("beforeunload", function (event) {
  for (const form of changed) {
    if (form.isConnected) {
      event.preventDefault();
      return;
    }
  }
});

const errors = document.querySelector("#errors, [data-kept]");
const failed = errors && errors.closest("form");
if (counts(failed)) changed.add(failed);
