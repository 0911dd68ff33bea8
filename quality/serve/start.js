/* Sends the text, or the file that was dropped or chosen, and shows the page that comes back in a frame of its own. */
"use strict";

(() => {
  const [form, text, kind, file, said, frame] = ["form", "text", "kind", "file", "said", "report"].map((id) => document.getElementById(id));
  const kinds = { md: "text/markdown", markdown: "text/markdown", html: "text/html", htm: "text/html", xhtml: "text/html" };

  async function score(body, type) {
    said.textContent = "Scoring …";
    frame.hidden = true;
    try {
      const answer = await fetch("/report", { method: "POST", headers: { "Content-Type": type }, body });
      const page = await answer.text();
      if (!answer.ok) throw new Error(JSON.parse(page).detail);
      frame.srcdoc = page; // bound by this page's policy and by the sandbox
      frame.hidden = false;
      said.textContent = "";
    } catch (error) {
      said.textContent = `No score: ${error.message}.`;
    }
  }

  const send = (one) => score(one, kinds[one.name.split(".").pop().toLowerCase()] ?? "text/plain");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    score(text.value, `${kind.value}; charset=utf-8`);
  });
  file.addEventListener("change", () => {
    if (file.files.length) send(file.files[0]);
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("over");
  });
  addEventListener("dragleave", () => document.body.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]);
  });
})();
