/* What a page does wrong with its widths: [what, element, by how much].
   outside: an element ends beyond the window or its card, and nothing scrolls there
   clipped: a text is wider than its element, and does not end in "..."
   scrolls: a table is wider than its card on a wide screen
   covered: at a control's place is something else */
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const style = (node) => getComputedStyle(node);
  const scrolls = (node) => ["auto", "scroll"].includes(style(node).overflowX);
  const hides = (node) => ["hidden", "clip"].includes(style(node).overflowX);
  const CARD = ".k-card, .k-top, .k-side-in, .k-dialog, .k-chip, .k-toast, .k-pop > div, .module";
  const UNSEEN = ".visually-hidden, .k-skip, svg, noscript, template, datalist, option, script";
  const CONTROL = ":is(main, header, aside) :is(a, button, summary, input)";
  const say = (what, node, more) => {
    const words = (node.innerText || node.getAttribute("aria-label") || "").trim().slice(0, 24);
    found.push([what, `${node.localName}.${[...node.classList].join(".")} ${words}`, more]);
  };

  function outside(node, edge) {
    const box = node.getBoundingClientRect();
    const over = Math.round(Math.max(box.right - Math.min(edge, width), -box.left));
    return box.width && box.height && over > 1 ? over : 0;
  }
  function text(node) {
    const own = [...node.childNodes].some((each) => each.nodeType === 3 && each.data.trim());
    const over = node.scrollWidth - node.clientWidth;
    if (!own || !node.clientWidth || over < 2 || scrolls(node) || node.matches("input, select")) return;
    const ends = style(node).textOverflow === "ellipsis" || style(node).webkitLineClamp !== "none";
    if (!(hides(node) && ends)) say("clipped", node, over);
  }
  function covered(node) {
    node.scrollIntoView({ block: "center", behavior: "instant" });
    const box = node.getClientRects()[0];
    if (!box) return;
    const x = box.left + Math.min(box.width / 2, 60), y = box.top + box.height / 2;
    if (x < 0 || x >= width || y < 0 || y >= innerHeight) return;
    const top = document.elementFromPoint(x, y);
    if (!node.contains(top) && !top.contains(node) && !top.closest(".k-toast, label")) {
      say("covered", node, `by ${top.localName}.${top.className}`);
    }
  }
  /* Returns whether something in the node was told: the innermost is what is wrong. */
  function visit(node, edge) {
    if (node.matches(UNSEEN) || style(node).clipPath !== "none" || !node.checkVisibility()) return false;
    const inside = scrolls(node) ? Infinity
      : node.matches(CARD) ? Math.min(edge, node.getBoundingClientRect().right) : edge;
    let told = false;
    for (const child of node.children) told = visit(child, inside) || told;
    const over = outside(node, edge);
    if (over && edge !== Infinity && !told) { say("outside", node, over); told = true; }
    if (node.matches(".k-scroll") && width > 600 && node.scrollWidth > node.clientWidth) {
      say("scrolls", node, node.scrollWidth - node.clientWidth);
    }
    text(node);
    if (node.matches(CONTROL)) covered(node);
    return told;
  }

  visit(document.body, width);
  scrollTo(0, 0);
  const over = document.documentElement.scrollWidth - width;
  if (over > 0) found.push(["outside", "the page", over]);
  return found;
}
