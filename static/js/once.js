/* A form is sent once: its buttons rest after the first submit, and work again when the person
   comes back to the page with the back button. Downloads opt out with data-again. */
(function () {
  "use strict";

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
          control.dataset.rested = "";
        }
      }
    });
  });

  function wake(form) {
    delete form.dataset.sent;
    for (const control of form.elements) {
      if ("rested" in control.dataset) {
        control.disabled = false;
        delete control.dataset.rested;
      }
    }
  }
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(wake);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    const form = event.target.closest && event.target.closest("form");
    if (form) wake(form);
  });
})();
