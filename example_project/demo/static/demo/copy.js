"use strict";

// Adds a button to what can be copied, and shows times in the zone of the reader.

const texts = document.body.dataset;
const said = document.getElementById("said");

const select = (element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
};

const copied = async (element) => {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    select(element); // without HTTPS, there is no clipboard
    return false;
  }
};

for (const element of document.querySelectorAll("main [data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = texts.copy;
  button.setAttribute("aria-label", `${texts.copy}: ${element.textContent}`);
  button.addEventListener("click", async () => {
    const answer = (await copied(element)) ? texts.copied : texts.failed;
    said.textContent = button.textContent = answer;
    setTimeout(() => {
      button.textContent = texts.copy;
      said.textContent = "";
    }, 2000);
  });
  element.after(button);
}

const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "medium",
});
for (const time of document.querySelectorAll("time")) {
  time.title = time.textContent;
  time.textContent = format.format(new Date(time.dateTime));
}
