// Search as you type: asks for the same page again and puts its list in the place of this one.
// Without it the form does the same when it is sent.
"use strict";

(() => {
  const form = document.querySelector("form[data-searches]");
  const list = form && document.getElementById(form.dataset.searches);
  const status = list && document.getElementById(`${list.id}-status`);
  if (!status) return;
  const PAUSE_MS = 180;
  let timer = 0;
  let running = new AbortController();

  function address() {
    const asked = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...asked]) if (!value) asked.delete(name);
    return `${form.getAttribute("action")}${asked.size ? "?" : ""}${asked}`;
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.getElementById(list.id);
    if (!found) throw new Error("the answer has no list");
    list.replaceChildren(...found.childNodes);
    status.textContent = page.getElementById(status.id).textContent;
  }

  async function show() {
    clearTimeout(timer);
    running.abort();
    const mine = (running = new AbortController());
    const wanted = address();
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(wanted, { headers: { accept: "text/html" }, signal: mine.signal });
      if (!answer.ok || answer.redirected) return location.assign(wanted);
      take(await answer.text());
      history.replaceState(history.state, "", wanted);
    } catch (error) {
      if (error.name === "AbortError") return;
      status.textContent = "The search did not get through; press Show to try again.";
    } finally {
      if (mine === running) list.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
  });
})();
