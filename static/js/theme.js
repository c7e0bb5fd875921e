/* Light or dark, before the first paint: the cookie wins (the server writes it into the page),
   else the system. Loaded in the head without defer, so it stays small. */
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  root.classList.add("js");

  function follow() {
    if ("themeAuto" in root.dataset) root.dataset.bsTheme = system.matches ? "dark" : "light";
  }
  follow();

  function label(button) {
    const text = root.dataset.bsTheme === "dark" ? button.dataset.light : button.dataset.dark;
    const shown = button.querySelector("[data-label]");
    if (shown) shown.textContent = text;
    else button.setAttribute("aria-label", text);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const buttons = document.querySelectorAll("[data-theme-toggle]");
    system.addEventListener("change", function () {
      follow();
      buttons.forEach(label);
    });
    buttons.forEach(function (button) {
      button.hidden = false;
      label(button);
      button.addEventListener("click", function () {
        const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
        delete root.dataset.themeAuto;
        root.dataset.bsTheme = theme;
        const secure = location.protocol === "https:" ? "; secure" : "";
        document.cookie = "theme=" + theme + "; path=/; max-age=31536000; samesite=lax" + secure;
        buttons.forEach(label);
      });
    });
  });
})();
