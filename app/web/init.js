// Starts Swagger UI on this server's own description of its API.
"use strict";

// "Bearer" and blanks around a token are no part of it, though people paste them.
function withPlainToken(request) {
  const value = request.headers?.Authorization;
  if (value) {
    const token = value.replace(/^(\s*Bearer(\s+|$))+/i, "").trim();
    request.headers.Authorization = `Bearer ${token}`;
  }
  return request;
}

// Colouring a whole export would freeze the page: from this length on, text is shown as it is.
const LONGEST_COLOURED = 100_000;

function plainLongText(system) {
  return {
    wrapComponents: {
      SyntaxHighlighter: (Coloured) => (props) => {
        if (String(props.children).length < LONGEST_COLOURED) {
          return system.React.createElement(Coloured, props);
        }
        const Plain = system.getComponent("PlainTextViewer");
        return system.React.createElement(Plain, { className: "microlight" }, props.children);
      },
    },
  };
}

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  // The base layout has no top bar: a field for other servers' documents has no place here.
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: true,
  plugins: [plainLongText],
  queryConfigEnabled: false,
  requestInterceptor: withPlainToken,
  requestSnippetsEnabled: true,
  tryItOutEnabled: true,
  // Otherwise the document would be sent to a validator on the internet.
  validatorUrl: null,
});
