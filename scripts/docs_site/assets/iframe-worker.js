// A page opened from a folder may not start a worker, and the search runs in one. Here the script of
// the worker runs in a hidden frame instead, with the same messages.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(source) {
      super();
      this.waiting = [];
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.title = "search";
      document.body.append(this.frame);
      const inside = this.frame.contentWindow;
      const tell = (data) => {
        const message = new MessageEvent("message", { data });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      };
      inside.postMessage = (data) => setTimeout(() => tell(data));
      inside.importScripts = (...sources) =>
        sources.reduce((before, one) => before.then(() => this.load(one)), Promise.resolve());
      this.load(source).then(() => {
        this.ready = true;
        this.waiting.splice(0).forEach((data) => this.postMessage(data));
      });
    }
    load(source) {
      return new Promise((resolve, reject) => {
        const inside = this.frame.contentDocument;
        const script = inside.createElement("script");
        script.src = String(source);
        script.onload = resolve;
        script.onerror = reject;
        inside.body.append(script);
      });
    }
    postMessage(data) {
      if (!this.ready) this.waiting.push(data);
      else
        setTimeout(() =>
          this.frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })),
        );
    }
    terminate() {
      this.frame.remove();
    }
  };
}
