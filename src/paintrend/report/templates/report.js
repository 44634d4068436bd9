"use strict";
(function () {
  function draw(holder) {
    try {
      var figure = JSON.parse(document.getElementById(holder.id + "-data").textContent);
      var config = { displayModeBar: false, displaylogo: false, responsive: false };
      Plotly.newPlot(holder, figure.data, figure.layout, config);
    } catch (error) {
      holder.className = "failed";
      holder.textContent = "This picture could not be drawn: " + error.message;
    }
  }

  // A picture that is wider than the window is made smaller, as far as its words can be read.
  var SMALLEST = 0.6;

  function scale(holder, factor) {
    var inner = holder.querySelector(".plot-container");
    if (!inner || !holder.layout) { return; }
    inner.style.transformOrigin = "0 0";
    inner.style.transform = factor < 1 ? "scale(" + factor + ")" : "";
    inner.style.marginBottom = factor < 1 ? (factor - 1) * holder.layout.height + "px" : "";
    holder.style.minHeight = factor * holder.layout.height + "px";
  }

  function fit(holder) {
    if (!holder.layout || !holder.clientWidth) { return; }
    scale(holder, Math.max(SMALLEST, Math.min(1, holder.clientWidth / holder.layout.width)));
  }

  function sortValue(row, column) {
    var value = row.cells[column].getAttribute("data-sort");
    var number = Number(value);
    return value === "" || isNaN(number) ? value : number;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    return String(a).localeCompare(String(b), undefined, { numeric: true });
  }

  function sortBy(button) {
    var heading = button.closest("th");
    var table = heading.closest("table");
    var column = heading.cellIndex;
    var before = heading.getAttribute("aria-sort");
    // The first click puts the largest number, or the first word, on top.
    var isNumber = heading.classList.contains("number");
    var down = before ? before === "ascending" : isNumber;
    table.querySelectorAll("th[aria-sort]").forEach(function (th) { th.removeAttribute("aria-sort"); });
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row, place) { return { row: row, value: sortValue(row, column), place: place }; })
      .sort(function (a, b) {
        var order = compare(a.value, b.value);
        return order === 0 ? a.place - b.place : down ? -order : order;
      })
      .forEach(function (item) { body.appendChild(item.row); });
  }

  // What is wider than the window can be scrolled by keyboard too, and says what it is.
  function reach(box) {
    var caption = box.querySelector("caption");
    if (box.scrollWidth > box.clientWidth) {
      box.setAttribute("tabindex", "0");
      if (caption && !box.hasAttribute("aria-label")) {
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", caption.textContent);
      }
    } else {
      box.removeAttribute("tabindex");
    }
  }

  function reachAll() {
    document.querySelectorAll(".figure").forEach(fit);
    document.querySelectorAll(".wide, .figure").forEach(reach);
  }

  document.querySelectorAll("th button").forEach(function (button) {
    button.addEventListener("click", function () { sortBy(button); });
  });
  document.querySelectorAll(".figure").forEach(draw);

  // What is folded would be missing on paper.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (folded) { folded.open = true; });
    document.querySelectorAll(".figure").forEach(function (holder) { scale(holder, 1); });
  });
  window.addEventListener("afterprint", reachAll);
  reachAll();
  window.addEventListener("resize", reachAll);
  // A closed part has no width before it is opened.
  document.addEventListener("toggle", reachAll, true);
})();
