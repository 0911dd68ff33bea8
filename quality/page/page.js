/* Marks: pointing, tapping or focusing one tells why it counts; the reasons' buttons step through their places. */
"use strict";

(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true"); // each mark is described by the reasons themselves
  document.body.append(tip);
  let shown = null;

  const reasonsOf = (mark) => mark.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id));
  const marksOf = (id) => [...document.querySelectorAll(`mark[aria-describedby~="${id}"]`)];

  function told(row) {
    const line = document.createElement("p");
    for (const part of row.querySelectorAll(".axis, .message, .number")) {
      const copy = document.createElement("span");
      copy.className = part.className;
      copy.textContent = part.textContent;
      line.append(copy);
    }
    return line;
  }

  function place(mark) {
    const at = mark.getClientRects()[0];
    const size = tip.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - size.width - 16);
    const below = at.bottom + 8 + size.height < window.innerHeight;
    tip.style.left = `${Math.max(left, 8) + window.scrollX}px`;
    tip.style.top = `${(below ? at.bottom + 8 : Math.max(at.top - size.height - 8, 8)) + window.scrollY}px`;
  }

  function hide() {
    for (const one of document.querySelectorAll(".lit")) one.classList.remove("lit");
    tip.hidden = true;
    shown = null;
  }

  function show(mark) {
    if (mark === shown) return;
    hide();
    shown = mark;
    const rows = reasonsOf(mark);
    tip.replaceChildren(...rows.map(told));
    for (const row of rows) row.classList.add("lit");
    mark.classList.add("lit");
    tip.hidden = false;
    place(mark);
  }

  function go(mark) {
    for (const one of mark.closest(".text").querySelectorAll('mark[tabindex="0"]')) one.tabIndex = -1;
    mark.tabIndex = 0;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "nearest" });
    show(mark);
  }

  function step(mark, key) {
    const all = [...mark.closest(".text").querySelectorAll("mark")];
    const here = all.indexOf(mark);
    const next = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[key];
    if (next === undefined) return false;
    if (all[next]) go(all[next]);
    return true;
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const mark = event.target.closest("mark");
    if (mark) show(mark);
    else if (!event.target.closest(".tip") && document.activeElement !== shown) hide();
  });
  document.addEventListener("focusin", (event) => {
    const mark = event.target.closest("mark");
    if (mark) show(mark);
    else hide();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-to]");
    const mark = event.target.closest("mark");
    if (button) {
      const marks = marksOf(button.dataset.to);
      const last = marks.findIndex((one) => one.classList.contains("visited"));
      for (const one of marks) one.classList.remove("visited");
      const next = marks[(last + 1) % marks.length];
      if (!next) return;
      next.classList.add("visited");
      go(next);
      next.scrollIntoView({ block: "center" });
      place(next);
    } else if (mark) go(mark);
    else if (!event.target.closest(".tip")) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const mark = event.target.closest("mark");
    if (mark && !event.altKey && !event.ctrlKey && !event.metaKey && step(mark, event.key)) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    const axis = event.target.dataset.show;
    if (axis) event.target.closest(".article").classList.toggle(`without-${axis}`, !event.target.checked);
  });
})();
