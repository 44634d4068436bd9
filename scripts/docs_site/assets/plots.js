// Draw each figure of the page when it comes near the window: a gallery has many.
(() => {
  if (window.paintrendPlots) return;
  window.paintrendPlots = true;
  const draw = (place) => {
    const figure = (window.paintrendFigures || {})[place.id];
    if (!figure || place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    window.Plotly.newPlot(place, figure.data, figure.layout, { displaylogo: false });
  };
  const start = () => {
    const places = document.querySelectorAll(".plot > div[id]");
    const near = new IntersectionObserver(
      (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => draw(one.target)),
      { rootMargin: "600px" },
    );
    places.forEach((place) => near.observe(place));
    window.addEventListener("beforeprint", () => places.forEach(draw));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
