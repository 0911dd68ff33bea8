/* The table of a batch's articles: sorting, filtering, a page at a time. */
"use strict";

(() => {
  const PAGE = 50;
  const COLUMNS = ["title", "site", "verdict", "score", "filler", "repetition", "unsourced", "words", "day"];
  const SEVERITY = { farm: 3, suspect: 2, ok: 1, abstain: 0 };
  const data = JSON.parse(document.getElementById("data").textContent);
  const body = document.getElementById("rows");
  if (!body) return;

  const articles = data.rows.map((cells, number) => {
    const one = Object.fromEntries(COLUMNS.map((name, place) => [name, cells[place]]));
    return { ...one, site: data.sites[one.site], number };
  });
  const state = { sort: "score", down: true, page: 0, found: articles };
  const field = (id) => document.getElementById(id);
  const narrowed = (id) => field(id).value.trim().toLowerCase();

  function key(one) {
    return state.sort === "verdict" ? SEVERITY[one.verdict] : one[state.sort];
  }

  function compare(one, other) {
    const [left, right] = [key(one), key(other)];
    const missing = (left === null || left === "") - (right === null || right === "");
    if (missing) return missing; // unknown values come last, whichever way
    const order = typeof left === "string" ? left.localeCompare(right) : left - right;
    return (state.down ? -order : order) || one.number - other.number;
  }

  function find() {
    const [verdict, site, title] = [field("verdict").value, narrowed("site"), narrowed("title")];
    state.found = articles
      .filter((one) => !verdict || one.verdict === verdict)
      .filter((one) => one.site.toLowerCase().includes(site) && one.title.toLowerCase().includes(title))
      .sort(compare);
    state.page = 0;
    draw();
  }

  function cell(kind, content, className) {
    const made = document.createElement(kind);
    made.className = className || "";
    made.append(content);
    return made;
  }

  function named(one) {
    if (one.number >= data.details) return one.title;
    const link = document.createElement("a");
    link.href = `#a${one.number}`;
    link.textContent = one.title;
    return link;
  }

  const digits = (value, places) => (value === null ? "–" : value.toFixed(places));

  function row(one) {
    const made = document.createElement("tr");
    const title = cell("th", named(one), "name");
    title.scope = "row";
    made.append(
      title,
      cell("td", one.site, "where"),
      cell("td", cell("span", one.verdict, `badge ${one.verdict}`)),
      cell("td", digits(one.score, 3), "number"),
      ...["filler", "repetition", "unsourced"].map((axis) => cell("td", digits(one[axis], 2), "number axis-column")),
      cell("td", one.words.toLocaleString("en"), "number more-column"),
      cell("td", one.day || "–", "more-column day"),
    );
    return made;
  }

  function draw() {
    const first = state.page * PAGE;
    const shown = state.found.slice(first, first + PAGE);
    body.replaceChildren(...shown.map(row));
    const of = state.found.length.toLocaleString("en");
    field("where").textContent = shown.length ? `${first + 1}–${first + shown.length} of ${of}` : "No article";
    field("previous").disabled = state.page === 0;
    field("next").disabled = first + PAGE >= state.found.length;
    for (const button of document.querySelectorAll("[data-sort]")) {
      const on = button.dataset.sort === state.sort;
      button.closest("th").setAttribute("aria-sort", on ? (state.down ? "descending" : "ascending") : "none");
    }
  }

  function turn(step) {
    state.page += step;
    draw();
  }

  document.addEventListener("click", (event) => {
    const sort = event.target.closest("[data-sort]");
    const site = event.target.closest("[data-site]");
    if (sort) {
      const name = sort.dataset.sort;
      const words = ["title", "site"].includes(name);
      state.down = state.sort === name ? !state.down : !words;
      state.sort = name;
      find();
    }
    if (site) {
      field("site").value = site.dataset.site;
      find();
      field("articles").scrollIntoView();
      field("site").focus({ preventScroll: true });
    }
  });
  field("previous").addEventListener("click", () => turn(-1));
  field("next").addEventListener("click", () => turn(1));
  for (const id of ["verdict", "site", "title"]) field(id).addEventListener("input", find);
  body.closest("section").querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  find();
})();
