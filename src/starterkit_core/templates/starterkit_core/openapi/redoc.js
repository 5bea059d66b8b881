"use strict";

Redoc.init(
  "{{ schema_url|escapejs }}",
  {{ settings|safe }},
  document.getElementById("redoc"),
);
