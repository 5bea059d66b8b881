"use strict";

// What drf-spectacular's script, below, calls; ours comes first.
window.SwaggerUIBundle = ((original) => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () =>
    document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", paint);
  paint();

  // Long prose can be folded away; on a phone it begins like that.
  const LONG = 1000;
  const isWide = matchMedia("(min-width: 48rem)").matches;
  const folding = (system) => ({
    wrapComponents: {
      Markdown: (Markdown) => (props) => {
        const create = system.React.createElement;
        const text = create(Markdown, props);
        if ((props.source || "").length < LONG) return text;
        return create(
          "details",
          { className: "starterkit-guide", open: isWide },
          create("summary", null, "{{ guide|escapejs }}"),
          text,
        );
      },
    },
  });

  // With a token, a cookie beside it would be one credential too many.
  const alone = (intercept) => (request, ...rest) => {
    const sent = intercept ? intercept(request, ...rest) : request;
    const names = Object.keys(sent.headers || {});
    if (names.some((name) => name.toLowerCase() === "authorization")) {
      sent.credentials = "omit";
    }
    return sent;
  };

  const bundle = (config) =>
    original({
      ...config,
      plugins: [...(config.plugins || []), folding],
      requestInterceptor: alone(config.requestInterceptor),
    });
  return Object.assign(bundle, original);
})(window.SwaggerUIBundle);

{% include "drf_spectacular/swagger_ui.js" %}
