/**
 * Script of the page of a live report: it shows changes as they come, and asks for pauses.
 *
 * @module
 */

/** The script, for browsers. */
export const SCRIPT = `"use strict";
const byId = (id) => document.getElementById(id);
const html = (text) => {
  const template = document.createElement("template");
  template.innerHTML = text;
  return template.content;
};

// Parts that are as before stay, so that focus and what was scrolled to stay too.
const renew = (old, fresh) => {
  const [from, to] = [[...old.childNodes], [...fresh.childNodes]];
  to.forEach((node, i) => {
    if (i >= from.length) old.append(node);
    else if (!from[i].isEqualNode(node)) from[i].replaceWith(node);
  });
  from.slice(to.length).forEach((node) => node.remove());
};

const bar = byId("_bar");
const show = ({ state, label, canPause, canStop, progress, title, body, sections }) => {
  bar.dataset.state = state;
  if (byId("_state").textContent !== label) byId("_state").textContent = label;
  const [pause, stop] = [byId("_pause"), byId("_stop")];
  pause.textContent = state === "paused" ? "Resume" : "Pause";
  pause.hidden = !canPause;
  stop.hidden = !canStop;
  if (progress !== undefined) renew(byId("_progress"), html(progress));
  document.title = title;
  if (body !== undefined) byId("_report").replaceChildren(html(body));
  for (const [id, text] of Object.entries(sections ?? {})) renew(byId(id), html(text));
};

let after = bar.dataset.after;
let source;
const connect = () => {
  source?.close();
  source = new EventSource("events?after=" + encodeURIComponent(after));
  source.onopen = () => byId("_notice").textContent = "";
  source.onerror = () => {
    byId("_notice").textContent = "Connection lost: what is shown may be old.";
    // Refused, as where too many watch: the browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(attend, 5000);
  };
  source.onmessage = ({ data, lastEventId }) => {
    after = lastEventId;
    show(JSON.parse(data));
  };
};

// A browser has few connections to one server; a page that nobody sees needs none.
const attend = () => {
  if (document.visibilityState === "visible") connect();
  else source?.close();
};
document.addEventListener("visibilitychange", attend);
addEventListener("pagehide", () => source?.close());
addEventListener("pageshow", attend);

const ask = async (what) => {
  const response = await fetch(what, { method: "POST" }).catch(() => undefined);
  if (!response?.ok) {
    byId("_notice").textContent = "Could not " + what + ": " +
      (response === undefined ? "no connection" : await response.text());
  }
};
byId("_pause").onclick = () => ask(bar.dataset.state === "paused" ? "resume" : "pause");
byId("_stop").onclick = () => {
  if (confirm("Stop the training? It cannot go on after that.")) ask("stop");
};
`;
