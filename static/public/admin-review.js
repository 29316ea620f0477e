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

  // Where a reason is needed, and none is given for all
  function missing() {
    var forAll = form.elements.reason_for_all;
    if (forAll && forAll.value.trim()) {
      return [];
    }
    return Array.from(form.querySelectorAll("input[data-needed]")).filter(function (field) {
      var thing = field.closest(".review-thing");
      return !field.value.trim() && thing.querySelector("input[name=publish]").checked;
    });
  }

  function countReasons() {
    var place = form.querySelector(".review-bar-needed");
    if (place) {
      var fields = missing();
      place.textContent = fields.length + " reason" + (fields.length === 1 ? "" : "s") + " still needed";
      place.hidden = !fields.length;
    }
  }

  form.addEventListener("click", function (event) {
    var first = event.target.matches(".review-bar-needed") && missing()[0];
    if (first) {
      event.preventDefault();
      for (var fold = first.closest("details"); fold; fold = fold.parentNode.closest("details")) {
        fold.open = true;
      }
      first.focus();
    }
  });

  form.addEventListener("input", function () {
    isChanged = true;
    countReasons();
  });
  form.addEventListener("change", function (event) {
    isChanged = true;
    if (event.target.name === "publish") {
      count();
      countReasons();
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
