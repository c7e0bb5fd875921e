/* The menu of a long page: marks the part that is read, and keeps its entry in sight where the menu
   itself scrolls. Both heights are measured: a long name or long entries make them higher. */

const menu = document.querySelector("[data-jump]");
const top = document.querySelector(".k-top");
const links = Array.from(menu.querySelectorAll("a"));
const parts = links.map(function (link) {
  return document.getElementById(link.hash.slice(1)).closest("section");
});

function mark() {
  const line = menu.getBoundingClientRect().bottom + 24;
  const end = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 2;
  let now = end && window.scrollY > 0 ? parts.length - 1 : 0;
  if (!now) parts.forEach(function (part, i) { if (part.getBoundingClientRect().top <= line) now = i; });
  links.forEach(function (link, i) {
    if (i !== now) link.removeAttribute("aria-current");
    else if (!link.hasAttribute("aria-current")) {
      link.setAttribute("aria-current", "location");
      const strip = menu.firstElementChild;
      strip.scrollLeft = link.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
    }
  });
}

let waiting = false;
function later() {
  if (waiting) return;
  waiting = true;
  window.requestAnimationFrame(function () { waiting = false; mark(); });
}

const heights = new ResizeObserver(function () {
  document.documentElement.style.setProperty("--k-top", top.offsetHeight + "px");
  document.documentElement.style.setProperty("--k-jump", menu.offsetHeight + "px");
  later();
});
heights.observe(top);
heights.observe(menu);
document.addEventListener("scroll", later, { passive: true });
window.addEventListener("resize", later);
mark();
