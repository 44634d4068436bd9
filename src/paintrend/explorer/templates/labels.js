// Names for screen readers: the widgets around draw sliders and pictures without any.
function name(root) {
  root.querySelectorAll(".widget-slider").forEach((slider) => {
    const label = slider.querySelector(".widget-label");
    const handles = slider.querySelectorAll(".noUi-handle");
    const text = label ? label.textContent : "slider";
    handles.forEach((handle, i) => {
      const side = handles.length > 1 ? (i === 0 ? ", from" : ", to") : "";
      if (handle.getAttribute("aria-label") !== text + side) {
        handle.setAttribute("aria-label", text + side);
      }
      const readout = slider.querySelector(".widget-readout");
      const value = readout ? readout.textContent : "";
      if (value && handle.getAttribute("aria-valuetext") !== value) {
        handle.setAttribute("aria-valuetext", value);
      }
    });
  });
  root.querySelectorAll(".js-plotly-plot").forEach((plot) => {
    const title = plot.querySelector(".gtitle");
    const text = "Picture: " + (title ? title.textContent : "");
    if (plot.getAttribute("aria-label") !== text) {
      plot.setAttribute("role", "figure");
      plot.setAttribute("aria-label", text);
    }
  });
  root.querySelectorAll(".pt-said").forEach((said) => said.setAttribute("role", "status"));
}

export default {
  render({ el }) {
    el.style.display = "none";
    const root = () => el.closest(".pt-explorer");
    let waiting = false;
    const later = () => {
      if (waiting) { return; }
      waiting = true;
      requestAnimationFrame(() => { waiting = false; if (root()) { name(root()); } });
    };
    const watch = new MutationObserver(later);
    const begin = () => {
      if (!root()) { requestAnimationFrame(begin); return; }
      watch.observe(root(), { childList: true, subtree: true, characterData: true });
      later();
    };
    begin();
    return () => watch.disconnect();
  },
};
