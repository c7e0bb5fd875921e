/* Keeps what is typed into form[data-draft]: on this device at once (localStorage, by person and report), on the server a
   moment later and whenever there is a connection. What was kept is offered when the form is opened again, never put in
   by itself. A newer version on the server is never overwritten: the server refuses (409), and saving by the button shows
   both. Pictures are sent when there is a connection; what could not be sent is said. */

const PAUSE = 1500;
const AGAIN = 20000;
const LONGEST_SIDE = 2000;
const SMALL = 1200000;

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}
function stored(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    return found && typeof found.fields === "object" ? found : null;
  } catch {
    return null;
  }
}
function clock(moment) {
  const at = new Date(moment);
  return String(at.getHours()).padStart(2, "0") + ":" + String(at.getMinutes()).padStart(2, "0");
}

/* What is typed: name -> value, of radio buttons and boxes whether they are ticked. */
function read(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || ["file", "submit", "button"].includes(field.type)) continue;
    if (["csrfmiddlewaretoken", "version"].includes(field.name)) continue;
    if (field.type === "radio") { if (field.checked) fields[field.name] = field.value; }
    else if (field.type === "checkbox") { if (field.checked) fields[field.name] = "on"; }
    else if (field.value !== "") fields[field.name] = field.value;
  }
  return fields;
}
function same(one, other) {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every(function (name) { return name.endsWith("_FORMS") || one[name] === other[name]; });
}
function fill(form, fields) {
  const total = form.querySelector("[name='parts-TOTAL_FORMS']");
  const add = form.querySelector("[data-add]");
  while (total && add && Number(total.value) < Number(fields["parts-TOTAL_FORMS"] || 0) && !add.hidden) add.click();
  for (const field of form.elements) {
    if (!field.name || ["file", "submit", "button", "hidden"].includes(field.type)) continue;
    if (field.type === "radio") field.checked = fields[field.name] === field.value;
    else if (field.type === "checkbox") {
      field.checked = field.name in fields;
      const row = field.closest("[data-row]");
      if (row && field.name.endsWith("-DELETE")) row.hidden = field.checked;
    } else field.value = fields[field.name] || "";
  }
}

/* A phone's picture is made smaller before it goes over a weak connection. */
async function smaller(file) {
  if (file.size <= SMALL || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(function (done) { canvas.toBlob(done, "image/jpeg", 0.85); });
    return blob ? new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file;
  } catch {
    return file;
  }
}

function setup(form) {
  const words = form.dataset;
  const key = words.draft;
  const status = form.querySelector("[data-draft-state]");
  const version = form.querySelector("[name=version]");
  let timer = 0;
  let saving = null;
  let isBlocked = false;
  let waiting = [];

  function say(text, isBad) {
    status.textContent = text;
    status.classList.toggle("is-bad", Boolean(isBad));
  }
  function keep() {
    const copy = { fields: read(form), version: version.value, at: Date.now(), pictures: waiting.map(function (file) { return file.name; }) };
    if (!store(key, copy)) say(words.full, true);
  }
  function later(pause) {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { save(); }, pause);
  }

  /* "saved", "offline", "refused", "signed-out" or "conflict" */
  async function send() {
    const sent = read(form);
    const body = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach(function (field) { body.delete(field.name); });
    let answer;
    try {
      answer = await fetch(words.save, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" });
    } catch {
      say(words.kept, true);
      later(AGAIN);
      return "offline";
    }
    const type = answer.headers.get("content-type") || "";
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
      say(words.signedOut, true);
      return "signed-out";
    }
    if (!type.startsWith("application/json")) {
      say(words.kept, true);
      later(AGAIN);
      return "offline";
    }
    const told = await answer.json();
    if (answer.ok) {
      version.value = String(told.version);
      say(words.saved.replace("{time}", told.at));
      if (same(sent, read(form)) && !waiting.length) store(key, null);
      else { keep(); if (!same(sent, read(form))) later(PAUSE); }
      return "saved";
    }
    if (answer.status === 409) {
      isBlocked = true;
      say(words.conflict, true);
      return "conflict";
    }
    say(words.refused.replace("{why}", told.error), true);
    return "refused";
  }
  async function save() {
    window.clearTimeout(timer);
    if (saving) {
      await saving;
      return save();
    }
    if (isBlocked) return "conflict";
    say(words.saving);
    saving = send();
    const result = await saving;
    saving = null;
    return result;
  }

  /* Pictures */
  const list = form.querySelector("[data-pictures]");
  const pending = form.querySelector("[data-pictures-state]");
  function sayWaiting(error) {
    const names = waiting.map(function (file) { return file.name; }).join(", ");
    const texts = [error || "", names ? words.waiting.replace("{names}", names) : ""];
    pending.textContent = texts.filter(Boolean).join(" ");
    pending.hidden = !pending.textContent;
  }
  function show(pictures) {
    const blank = form.querySelector("template[data-picture]");
    list.replaceChildren(...pictures.map(function (picture) {
      const row = blank.content.firstElementChild.cloneNode(true);
      row.querySelector("img").src = picture.url;
      row.querySelector("[data-name]").textContent = picture.name;
      row.querySelector("[data-size]").textContent = picture.size;
      const button = row.querySelector("button");
      button.value = picture.id;
      button.setAttribute("aria-label", button.getAttribute("aria-label").replace("{name}", picture.name));
      return row;
    }));
  }
  async function upload() {
    let error = "";
    while (waiting.length) {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      body.append("pictures", await smaller(waiting[0]));
      let answer;
      try {
        answer = await fetch(words.upload, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" });
      } catch {
        break;
      }
      const isJson = (answer.headers.get("content-type") || "").startsWith("application/json");
      if (!isJson) break;
      const told = await answer.json();
      const file = waiting.shift();
      if (answer.ok) show(told.pictures);
      else error = file.name + ": " + told.error;
    }
    sayWaiting(error);
    if (waiting.length || stored(key)) keep();
  }
  form.querySelectorAll("input[type=file]").forEach(function (field) {
    field.addEventListener("change", function () {
      waiting.push(...field.files);
      field.value = "";
      sayWaiting("");
      keep();
      later(PAUSE);
      upload();
    });
  });

  /* What was kept before */
  const box = form.querySelector("[data-restore]");
  let offered = null;
  function offer() {
    const now = read(form);
    const copies = [[key + ":before", stored(key + ":before")], [key, stored(key)]];
    const found = copies.filter(function (each) {
      if (each[1] && same(each[1].fields, now) && !(each[1].pictures || []).length) store(each[0], null);
      return each[1] && (!same(each[1].fields, now) || (each[1].pictures || []).length);
    })[0];
    offered = found || null;
    box.hidden = !found;
    if (!found) return;
    const copy = found[1];
    box.querySelector("[data-question]").textContent = words.question.replace("{time}", clock(copy.at));
    const notes = [];
    if (copy.version !== version.value) notes.push(words.older);
    if ((copy.pictures || []).length) notes.push(words.lost.replace("{names}", copy.pictures.join(", ")));
    box.querySelector("[data-notes]").textContent = notes.join(" ");
  }
  box.querySelector("[data-yes]").addEventListener("click", function () {
    const copy = offered[1];
    store(offered[0], null);
    offered = null;
    fill(form, copy.fields);
    version.value = copy.version;
    keep();
    box.hidden = true;
    say(words.restored);
    later(0);
  });
  box.querySelector("[data-no]").addEventListener("click", function () {
    store(offered[0], null);
    offer();
  });

  function changed() {
    if (offered && offered[0] === key) {
      /* Typed before the question was answered: both are kept. */
      store(key + ":before", offered[1]);
      offered = [key + ":before", offered[1]];
    }
    keep();
    later(PAUSE);
  }
  form.addEventListener("input", function (event) { if (event.target.type !== "file") changed(); });
  form.addEventListener("rows:changed", changed);
  window.addEventListener("online", function () {
    upload();
    if (stored(key) && !offered) save();
  });
  window.addEventListener("offline", function () { say(words.kept, true); });
  window.addEventListener("beforeunload", function (event) { if (waiting.length) event.preventDefault(); });

  /* The buttons: saved first, so that without a connection nothing leaves the page. */
  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    const button = event.submitter;
    keep();
    await upload();
    const result = await save();
    if (result === "offline" || result === "signed-out") return;
    if (button && button.name) {
      const chosen = document.createElement("input");
      chosen.type = "hidden";
      chosen.name = button.name;
      chosen.value = button.value;
      form.append(chosen);
    }
    if (!waiting.length) form.submit();
  });

  offer();
  /* A form that came back with errors holds something that is nowhere else. */
  if (!offered && form.querySelector("#errors")) keep();
  if (!navigator.onLine) say(words.kept, true);
}

document.querySelectorAll("form[data-draft]").forEach(setup);
