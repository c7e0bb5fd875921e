/* Renews the parts of a page whose id begins with "live-" while one of them has data-live (the
   milliseconds between two looks). Parts that are as they were stay, with the focus in them. */

function waiting() {
  return document.querySelector("[data-live]");
}

function renew(fresh) {
  for (const part of fresh.querySelectorAll("[id^='live-']")) {
    const shown = document.getElementById(part.id);
    if (shown !== null && !shown.isEqualNode(part)) shown.replaceWith(document.importNode(part, true));
  }
}

async function look() {
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) {
      renew(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch (error) {
    /* No connection: the next look may have one. */
    if (!(error instanceof TypeError)) throw error;
  }
  later();
}

function later() {
  const part = waiting();
  if (part !== null) window.setTimeout(look, Number(part.dataset.live));
}

later();
