"use strict";

Redoc.init(
  "{{ schema_url|escapejs }}",
  {{ settings|default:"{}"|safe }},
  document.getElementById("redoc"),
);
