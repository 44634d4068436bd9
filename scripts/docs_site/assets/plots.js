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
  // Narrower than the figure: shrink it, so that nothing is cut off.
  const fit = (place) => {
    const frame = place.parentElement;
    const share = Math.min(1, frame.clientWidth / parseFloat(place.style.width));
    place.style.transformOrigin = "0 0";
    place.style.transform = share < 1 ? `scale(${share})` : "";
    frame.style.height = `${share * parseFloat(place.style.height)}px`;
  };
  const start = () => {
    const places = document.querySelectorAll(".plot > div[id]");
    const near = new IntersectionObserver(
      (seen) => seen.filter((one) => one.isIntersecting).forEach((one) => draw(one.target)),
      { rootMargin: "600px" },
    );
    const all = () => places.forEach(fit);
    all();
    window.addEventListener("resize", all);
    places.forEach((place) => near.observe(place));
    window.addEventListener("beforeprint", () => places.forEach(draw));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
