"use strict";
// Takes the page anew while it is seen: every two seconds, or less often where that takes long.

const LEAST = 2000;
const PATIENCE = 15000;

function replace(name, page) {
  document.querySelector(name).replaceWith(page.querySelector(name));
}

// What is selected would be selected no more.
function renewable() {
  return !document.hidden && getSelection().isCollapsed;
}

async function renew() {
  const answer = await fetch(location.origin + "/status", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) {
    throw new Error("HTTP " + answer.status);
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const focused = document.activeElement?.getAttribute("href");
  document.title = page.title;
  replace("header", page);
  replace("main", page);
  if (focused) {
    document.querySelector('a[href="' + CSS.escape(focused) + '"]')?.focus({ preventScroll: true });
  }
}

async function live() {
  const begin = performance.now();
  if (renewable()) {
    try {
      await renew();
      document.body.className = "live";
    } catch (_) {
      document.body.className = "stale";
    }
  }
  setTimeout(live, Math.max(LEAST, 10 * (performance.now() - begin)));
}

document.body.className = "live";
setTimeout(live, LEAST);
