/* Sends a form only once: its buttons are disabled after the first submit, and enabled when the
   person comes back to the page with the back button. Downloads opt out with data-again. */

document.addEventListener("submit", function (event) {
  const form = event.target;
  if (event.defaultPrevented || "again" in form.dataset || form.target === "_blank") return;
  if (form.method !== "post") return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  /* After the browser has gathered the form, so that the pressed button's value is sent. */
  window.setTimeout(function () {
    for (const control of form.elements) {
      if (control.type === "submit" && !control.disabled) {
        control.disabled = true;
        control.dataset.disabledOnce = "";
      }
    }
  });
});

function enable(form) {
  delete form.dataset.sent;
  for (const control of form.elements) {
    if ("disabledOnce" in control.dataset) {
      control.disabled = false;
      delete control.dataset.disabledOnce;
    }
  }
}
window.addEventListener("pageshow", function () {
  document.querySelectorAll("form[data-sent]").forEach(enable);
});
document.addEventListener("htmx:afterRequest", function (event) {
  const form = event.target.closest && event.target.closest("form");
  if (form) enable(form);
});
