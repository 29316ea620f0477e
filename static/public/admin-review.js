// The page for publishing: counts what is ticked, knows which groups are open, and keeps what was typed and chosen as the
// page is left. Without it, the buttons keep the same.
(function () {
  "use strict";

  var form = document.getElementById("changes");
  if (!form) {
    return;
  }
  var isChanged = false;

  function count() {
    var place = form.querySelector(".review-bar-count");
    place.textContent = form.querySelectorAll("input[name=publish]:checked").length;
  }

  form.addEventListener("input", function () { isChanged = true; });
  form.addEventListener("change", function (event) {
    isChanged = true;
    if (event.target.name === "publish") {
      count();
    }
  });

  // A group that is opened stays open when a button brings the page back.
  form.addEventListener("toggle", function () {
    form.elements.open.value = Array.from(form.querySelectorAll("details[data-name][open]"), function (details) {
      return details.dataset.name;
    }).join(" ");
  }, true);

  form.addEventListener("submit", function () { isChanged = false; });

  function keep() {
    if (isChanged) {
      var sent = new FormData(form);
      sent.append("action", "keep-quietly");
      isChanged = !navigator.sendBeacon(location.pathname, sent);
    }
  }

  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden") {
      keep();
    }
  });
})();
