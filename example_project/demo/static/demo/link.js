"use strict";

// Sends the token of a link in a mail, with what the page asks besides.

const form = document.getElementById("link");
const refused = document.getElementById("refused");

const offerTerms = async () => {
  const headers = { "Accept-Language": document.documentElement.lang };
  const answer = await fetch(form.dataset.documents, { headers });
  const { results } = await answer.json();
  for (const text of results.filter((it) => it.mandatory)) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.required = true;
    box.value = JSON.stringify({
      version: text.version,
      content_hash: text.content_hash,
    });
    label.append(box, ` ${text.checkbox || form.dataset.accept + text.title}`);
    form.querySelector("button").parentElement.before(label);
  }
};

const bodyOf = () => {
  const body = Object.fromEntries(new FormData(form));
  const boxes = [...form.querySelectorAll("input[type=checkbox]")];
  if (boxes.length) body.accepted_terms = boxes.map((box) => JSON.parse(box.value));
  if ("session" in form.dataset) body.client = { transport: "cookie" };
  return body;
};

const sentencesOf = (problem) => {
  const parts = problem.errors || problem.reasons || [];
  return [problem.detail, ...parts.map((part) => part.detail)].join(" ");
};

const send = async () => {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "Accept-Language": document.documentElement.lang,
    },
    body: JSON.stringify(bodyOf()),
  });
  if (!answer.ok) return sentencesOf(await answer.json());
  form.hidden = true;
  const done = document.getElementById("done");
  done.hidden = false;
  done.focus();
  return "";
};

if (form) {
  // The secret is neither for the history nor for the address bar.
  history.replaceState(null, "", location.pathname);
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      refused.textContent = await send();
    } catch {
      refused.textContent = form.dataset.failed;
    } finally {
      button.disabled = false;
    }
  });
  if (form.dataset.documents) {
    offerTerms().catch(() => {
      refused.textContent = form.dataset.failed;
    });
  }
}
