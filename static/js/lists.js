/* Lists: rows walked by the keyboard, and how close they stand. The row's first link takes the
   focus, so that Enter opens it and everything a link can do works. */

const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

/* Keys work while the focus is in the list (a single letter elsewhere could be somebody's speech);
   the arrow down in its search box goes to the first row, the arrow up there goes back. */
function walk(event, table, search) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const step = STEPS[event.key];
  const links = Array.from(table.querySelectorAll("tbody th[scope=row] a:first-of-type"));
  if (!step || !links.length) return;
  const row = event.target.closest("tbody tr");
  let next;
  if (event.target === search && event.key === "ArrowDown") next = links[0];
  else if (row) {
    const now = links.findIndex(function (link) { return row.contains(link); });
    next = now + step < 0 ? search : links[Math.min(links.length - 1, now + step)];
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
}

document.querySelectorAll("table[data-keys]").forEach(function (table) {
  const list = table.closest("section");
  const search = list.querySelector("input[type=search]");
  list.addEventListener("keydown", function (event) { walk(event, table, search); });
});

document.querySelectorAll("[data-density]").forEach(function (button) {
  button.hidden = false;
  button.addEventListener("click", function () {
    const root = document.documentElement;
    const compact = root.dataset.density !== "compact";
    if (compact) root.dataset.density = "compact";
    else delete root.dataset.density;
    button.setAttribute("aria-pressed", String(compact));
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = "density=" + (compact ? "compact" : "comfortable")
      + "; path=/; max-age=31536000; samesite=lax" + secure;
  });
});
