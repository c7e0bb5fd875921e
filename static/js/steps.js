/* Shows the fields of a step that depend on another answer: data-only-if="name=value" around them.
   Without scripts all of them are shown, and the server asks for the right ones. */

const dependent = document.querySelector("[data-only-if]");
const form = dependent && dependent.closest("form");

function answer(name) {
  const field = form.elements[name];
  if (!field) return "";
  if (field.type === "checkbox") return field.checked ? "yes" : "no";
  return field.value;
}

function show() {
  form.querySelectorAll("[data-only-if]").forEach(function (part) {
    const [name, value] = part.dataset.onlyIf.split("=");
    part.hidden = answer(name.trim()) !== (value || "").trim();
  });
}

if (form) {
  form.addEventListener("change", show);
  show();
}
