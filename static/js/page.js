/* Behaviour of every page: toasts, pop-up menus, "select all" in lists, forms that submit on a
   change, the summary of errors. Each is found by its data attribute. */

/* Toasts: closed by hand; success and information also close by themselves, but never while the
   pointer or the focus is on them. */
function watchToast(toast) {
  const close = toast.querySelector("[data-dismiss]");
  close.addEventListener("click", function () { toast.remove(); });
  if (!toast.matches(".is-success, .is-info")) return;
  let timer = 0;
  function start() { timer = window.setTimeout(function () { toast.remove(); }, 10000); }
  function stop() { window.clearTimeout(timer); }
  ["mouseenter", "focusin"].forEach(function (name) { toast.addEventListener(name, stop); });
  ["mouseleave", "focusout"].forEach(function (name) { toast.addEventListener(name, start); });
  start();
}

/* A pop-up made of <details>: Escape and a click elsewhere close it. */
function closeOthers(except) {
  document.querySelectorAll("details.k-pop[open]").forEach(function (pop) {
    if (!except || !pop.contains(except)) pop.open = false;
  });
}
document.addEventListener("click", function (event) { closeOthers(event.target); });
document.addEventListener("keydown", function (event) {
  if (event.key !== "Escape") return;
  const pop = document.querySelector("details.k-pop[open]");
  if (pop) {
    pop.open = false;
    pop.querySelector("summary").focus();
  } else if (location.hash === "#menu") {
    location.hash = "#main";
  }
});

/* "Select all on this page" and the count beside it. */
function watchSelection(scope) {
  const alls = scope.querySelectorAll("[data-select-all]");
  const boxes = Array.from(scope.querySelectorAll("td.k-tick input[type=checkbox]"));
  const bulk = scope.querySelector("[data-bulk]");
  function show() {
    const picked = boxes.filter(function (box) { return box.checked; }).length;
    alls.forEach(function (all) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    });
    boxes.forEach(function (box) {
      box.closest("tr").classList.toggle("is-picked", box.checked);
    });
    if (!bulk) return;
    bulk.hidden = picked === 0;
    bulk.querySelectorAll("[data-picked]").forEach(function (node) { node.textContent = picked; });
  }
  alls.forEach(function (all) {
    all.addEventListener("change", function () {
      boxes.forEach(function (box) { box.checked = all.checked; });
      show();
    });
  });
  scope.querySelectorAll("[data-clear]").forEach(function (button) {
    button.addEventListener("click", function (event) {
      event.preventDefault();
      boxes.forEach(function (box) { box.checked = false; });
      show();
      /* The button is gone now: the keyboard goes on at the first tick. */
      if (boxes[0]) boxes[0].focus({ preventScroll: true });
    });
  });
  scope.addEventListener("change", function (event) {
    if (boxes.includes(event.target)) show();
  });
  /* Going back brings the ticks back, after this ran. */
  window.addEventListener("pageshow", show);
  show();
}

/* Filters and other small forms that answer as soon as something is chosen. */
function submitOnChange(form) {
  form.addEventListener("change", function () { form.requestSubmit(); });
}

/* A passkey that did not work: allauth's script says so, the page shows what to do. */
document.addEventListener("allauth.error", function (event) {
  const box = document.querySelector("[data-passkey-error]");
  if (!box) return;
  event.preventDefault();
  box.hidden = false;
});

/* What draft.js kept on this device goes with the person who typed it, after a question. */
document.addEventListener("submit", function (event) {
  const question = event.target.dataset.signOut;
  if (!question) return;
  const own = "kontor-draft:" + event.target.dataset.person + ":";
  let kept = [];
  try {
    kept = Object.keys(localStorage).filter(function (key) { return key.startsWith(own); });
  } catch {
    return;
  }
  if (!kept.length) return;
  if (window.confirm(question)) kept.forEach(function (key) { localStorage.removeItem(key); });
  else event.preventDefault();
});

/* A page of the back/forward cache may be somebody's who has signed out since: ask the server. */
window.addEventListener("pageshow", function (event) {
  if (event.persisted) location.reload();
});

function start(root) {
  root.querySelectorAll("[data-toast]").forEach(watchToast);
  root.querySelectorAll("[data-selection]").forEach(watchSelection);
  root.querySelectorAll("form[data-immediate]").forEach(submitOnChange);
  const errors = root.querySelector("#errors");
  if (errors && !errors.closest("[data-quiet]")) errors.focus();
}
start(document);
document.addEventListener("htmx:load", function (event) {
  if (event.detail.elt !== document.body) start(event.detail.elt);
});
